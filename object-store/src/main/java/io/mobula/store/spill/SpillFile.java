package io.mobula.store.spill;

/**
 * A file of several objects in a spill target.
 *
 * @param number unique in the life of a store
 * @param place where the target has it, in the target's own words
 */
public record SpillFile(long number, String place) {}
