/** A work queue between processes: one submits, three work, and one of those is killed in the middle. */
@NullMarked
package io.chaski.examples.tasks;

import org.jspecify.annotations.NullMarked;
