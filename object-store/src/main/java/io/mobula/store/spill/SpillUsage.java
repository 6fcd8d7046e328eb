package io.mobula.store.spill;

/**
 * What is spilled.
 *
 * @param fileCount files that exist, or are being written
 * @param fileBytes their size
 * @param objectCount objects that can be read back
 * @param liveBytes their size
 */
public record SpillUsage(int fileCount, long fileBytes, int objectCount, long liveBytes) {}
