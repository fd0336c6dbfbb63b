/** Calls from one process to another: a service, and a client whose interface adds to it. */
@NullMarked
package io.chaski.examples.calculator;

import org.jspecify.annotations.NullMarked;
