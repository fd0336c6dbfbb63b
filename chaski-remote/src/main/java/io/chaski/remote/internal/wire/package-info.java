/**
 * The bytes of a call: headers, bodies, arguments, failures. Whatever arrives is bounded and checked here; no name in it is
 * ever used to find a class.
 */
@NullMarked
package io.chaski.remote.internal.wire;

import org.jspecify.annotations.NullMarked;
