/**
 * A directory tree that is pushed to three processes, one of which is killed in the middle. Start at
 * {@link io.chaski.examples.filedrop.FileDrop}.
 */
@NullMarked
package io.chaski.examples.filedrop;

import org.jspecify.annotations.NullMarked;
