/**
 * The running board: what each thread of a worker is doing, in a file that outlives the worker.
 *
 * <p>An edge: the worker maps the file and writes ({@link io.mobula.agent.board.RunningBoard}), its
 * raylet reads it once the worker is gone ({@link io.mobula.agent.board.BoardReport}). Nobody ever
 * waits for anybody. Start reading at {@link io.mobula.agent.board.BoardLayout}.
 */
@NullMarked
package io.mobula.agent.board;

import org.jspecify.annotations.NullMarked;
