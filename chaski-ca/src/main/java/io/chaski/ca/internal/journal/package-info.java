/**
 * What the authority has done, in one file that is its database and its audit log. Start at {@code Journal}; {@code
 * JournalRecord} is a line of it.
 */
@NullMarked
package io.chaski.ca.internal.journal;

import org.jspecify.annotations.NullMarked;
