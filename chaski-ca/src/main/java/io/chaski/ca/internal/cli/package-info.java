/**
 * The verbs of the command line, each a small class over the public API, so that another program can offer them too. Start
 * at {@code AuthorityCommand}, which parses and runs them; see docs/ca.md.
 */
@NullMarked
package io.chaski.ca.internal.cli;

import org.jspecify.annotations.NullMarked;
