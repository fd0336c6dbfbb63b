/**
 * The public API. Start at {@link io.chaski.core.ChaskiNode}: a program becomes a node, subscribes to
 * {@linkplain io.chaski.core.Topic topics} and publishes to them; nodes that share a topic find each other. {@link
 * io.chaski.core.NodeBuilder} has the options, {@link io.chaski.core.NodeEvent} and {@link io.chaski.core.NodeSnapshot} tell what
 * goes on.
 */
@NullMarked
package io.chaski.core;

import org.jspecify.annotations.NullMarked;
