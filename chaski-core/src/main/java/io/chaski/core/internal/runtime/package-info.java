/** One event loop per node: inputs in, the protocol's outputs carried out, deliveries handed to the application. */
@NullMarked
package io.chaski.core.internal.runtime;

import org.jspecify.annotations.NullMarked;
