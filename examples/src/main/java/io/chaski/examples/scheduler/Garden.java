package io.chaski.examples.scheduler;

/** What can be done in a garden. */
interface Garden {
    void water(String bed);
}
