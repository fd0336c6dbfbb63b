/** What can be called: interfaces and functions as immutable tables, read once. Start at {@code ModelReader}. */
@NullMarked
package io.chaski.remote.internal.model;

import org.jspecify.annotations.NullMarked;
