/**
 * What the authority decides. Start at {@code Authority}; {@code Ledger} is what it remembers, a pure function of the
 * records in the journal. Neither sockets nor clocks: requests, addresses and times are arguments.
 */
@NullMarked
package io.chaski.ca.internal.authority;

import org.jspecify.annotations.NullMarked;
