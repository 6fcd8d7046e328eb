package io.mobula.agent.config;

/**
 * A value as it was written.
 *
 * @param text the value
 * @param origin for people: {@code file}, {@code flag} or the environment variable's name
 */
record ConfigEntry(String text, String origin) {}
