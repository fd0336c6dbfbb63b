package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;

/**
 * A node that may execute a call. Immutable.
 *
 * @param node who
 * @param version which version of the service it is to look for; empty for the one without a version, or its only one
 */
public record Candidate(NodeId node, String version) {}
