/**
 * Tests of the table of open requests, and the outbox that the tests of all state machines record
 * into: {@link io.mobula.worker.net.RecordingOutbox}.
 */
@NullMarked
package io.mobula.worker.net;

import org.jspecify.annotations.NullMarked;
