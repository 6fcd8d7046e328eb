/**
 * Lineage: how results of tasks can be made again when all their copies are lost.
 *
 * <p>{@link io.mobula.worker.lineage.Lineage} keeps finished tasks; {@link
 * io.mobula.worker.lineage.ObjectRecovery} runs them again when somebody wants what is lost. State
 * machines without thread or clock. Owner thread: the core worker's loop. Start reading at {@link
 * io.mobula.worker.lineage.ObjectRecovery}.
 */
@NullMarked
package io.mobula.worker.lineage;

import org.jspecify.annotations.NullMarked;
