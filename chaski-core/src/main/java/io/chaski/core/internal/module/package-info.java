/**
 * What the library's own modules share with core beyond its API. Start at {@link io.chaski.core.internal.module.ModuleNode}: the
 * node's time, and messages as they travel. Beside it are names of reserved topics, threads for callbacks, locks on files, the user that we are, certificates
 * as the JDK reads them, signatures, and fields of bytes. Exported to these modules alone, and kept small: what an application could use belongs
 * into the API.
 */
@NullMarked
package io.chaski.core.internal.module;

import org.jspecify.annotations.NullMarked;
