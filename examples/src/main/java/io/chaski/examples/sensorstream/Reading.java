package io.chaski.examples.sensorstream;

/**
 * One measurement.
 *
 * @param sensor who measured
 * @param number counts from 1
 * @param celsius what
 */
record Reading(String sensor, long number, double celsius) {}
