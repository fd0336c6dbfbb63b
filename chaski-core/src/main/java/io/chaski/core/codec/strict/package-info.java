/** JSON of a fixed form, read token by token: for documents that must mean the same to everybody who reads them. */
@NullMarked
package io.chaski.core.codec.strict;

import org.jspecify.annotations.NullMarked;
