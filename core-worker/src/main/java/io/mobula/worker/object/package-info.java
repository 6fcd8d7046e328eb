/**
 * Objects as this process knows them: an entry each, its outcome, who waits for it, and the local
 * references that keep it.
 *
 * <p>{@link io.mobula.worker.object.ObjectEntry} and {@link io.mobula.worker.object.ObjectTable}
 * are concurrent structures shared by user threads and the core worker's loop; who may call what
 * stands with each method. Start reading at {@link io.mobula.worker.object.ObjectEntry}.
 */
@NullMarked
package io.mobula.worker.object;

import org.jspecify.annotations.NullMarked;
