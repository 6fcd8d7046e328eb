/**
 * Bulk object data between nodes: a plain, authenticated TCP socket from one store's mapping into
 * another's.
 *
 * <p>Runs on virtual threads of its own; it reports to the raylet's loop by callback interfaces and
 * decides nothing. Start reading at {@code DataServer} (source side) and {@code DataClient}
 * (pulling side).
 */
@NullMarked
package io.mobula.raylet.transfer;

import org.jspecify.annotations.NullMarked;
