/**
 * How the core worker talks: an outbox for its state machines, the table of requests that await an
 * answer, and the links to the processes of its node.
 *
 * <p>Owner thread: the core worker's loop. Start reading at {@link io.mobula.worker.net.Outbox}.
 */
@NullMarked
package io.mobula.worker.net;

import org.jspecify.annotations.NullMarked;
