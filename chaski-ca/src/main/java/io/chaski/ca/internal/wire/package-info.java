/** Requests to an authority and its replies, and their bytes: docs/enrolment.md. */
@NullMarked
package io.chaski.ca.internal.wire;

import org.jspecify.annotations.NullMarked;
