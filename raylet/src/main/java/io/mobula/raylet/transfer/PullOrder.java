package io.mobula.raylet.transfer;

import io.mobula.agent.id.ObjectKey;
import java.lang.foreign.MemorySegment;

/**
 * One object to be fetched from one node.
 *
 * @param address the source's data port, host:port
 * @param destination memory of the object's size, written by nobody else until the outcome
 * @param firstByte where to begin; what lies before is there already
 */
public record PullOrder(ObjectKey key, String address, MemorySegment destination, long firstByte) {}
