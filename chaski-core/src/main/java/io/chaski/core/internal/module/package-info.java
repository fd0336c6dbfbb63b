/**
 * What the library's own modules may do with a node beyond its API: speak on reserved topics, and live in the node's
 * time; and what they lock files with, as a node does. Exported to them alone, and kept small: what an application could
 * use belongs into the API.
 */
@NullMarked
package io.chaski.core.internal.module;

import org.jspecify.annotations.NullMarked;
