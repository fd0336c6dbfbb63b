/** What core finds when a node is to be enrolled: {@code TokenIdentityProvider}. */
@NullMarked
package io.chaski.ca.internal.provider;

import org.jspecify.annotations.NullMarked;
