package io.mobula.store.table;

/**
 * A client as a user of the store's memory. An object held by two clients counts for both.
 *
 * @param clientId the client
 * @param heldBytes the size of the objects that it holds
 * @param heldCount how many those are
 * @param writingBytes the size of the objects that it writes
 * @param writingCount how many those are
 */
public record HolderReport(
    long clientId, long heldBytes, int heldCount, long writingBytes, int writingCount) {}
