/**
 * How payloads become bytes and back. Start at {@link io.chaski.core.codec.PayloadCodec}: four are built in, and an
 * application adds its own with {@code NodeBuilder.codec}. The only package that knows Jackson, and no signature shows it.
 *
 * <p>An application in a named module opens the packages of its payload types to
 * {@code com.fasterxml.jackson.databind}.
 */
@NullMarked
package io.chaski.core.codec;

import org.jspecify.annotations.NullMarked;
