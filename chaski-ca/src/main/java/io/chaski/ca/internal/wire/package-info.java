/** Requests to an authority and its replies, and their bytes: docs/protocol.md, "Enrolment". */
@NullMarked
package io.chaski.ca.internal.wire;

import org.jspecify.annotations.NullMarked;
