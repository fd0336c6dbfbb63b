/** One-time tokens: what an operator hands to a node so that it can ask for its first certificate. */
@NullMarked
package io.chaski.ca.internal.token;

import org.jspecify.annotations.NullMarked;
