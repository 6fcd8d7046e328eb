/**
 * The log that commands go through before they are applied.
 *
 * <p>Owned by the GCS's loop. Start reading at {@link io.mobula.gcs.log.CommandLog}.
 */
@NullMarked
package io.mobula.gcs.log;

import org.jspecify.annotations.NullMarked;
