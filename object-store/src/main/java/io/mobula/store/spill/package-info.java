/**
 * Objects on disk that had no room in memory.
 *
 * <p>{@link io.mobula.store.spill.SpillTable} decides and remembers; it belongs to one thread. A
 * {@link io.mobula.store.spill.SpillTarget} does what it decided, and blocks while it does, so its
 * user calls it on other threads. {@link io.mobula.store.spill.LocalDiskTarget} is the one target
 * here. Start reading at {@code SpillTable}.
 */
@NullMarked
package io.mobula.store.spill;

import org.jspecify.annotations.NullMarked;
