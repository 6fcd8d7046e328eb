package io.mobula.raylet.transfer;

/**
 * One part of an object to be fetched from one node.
 *
 * @param request the part
 * @param sourceNode the source
 * @param address its data port, host:port
 * @param stamp of the copy that the part must belong to, or 0 if any will do
 * @param destination memory of the part's size, written by nobody else until the outcome
 */
public record PullOrder(
    PartRequest request, int sourceNode, String address, long stamp, PartMemory destination) {}
