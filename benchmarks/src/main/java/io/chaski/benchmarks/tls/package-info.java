/** Keys and certificates for those contestants that encrypt. */
@NullMarked
package io.chaski.benchmarks.tls;

import org.jspecify.annotations.NullMarked;
