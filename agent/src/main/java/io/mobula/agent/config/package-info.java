/**
 * Configuration: keys with type, default, range and documentation; values from file, environment
 * and flags; one immutable record per daemon built from them.
 *
 * <p>Immutable values, no thread. A daemon lists its {@link io.mobula.agent.config.ConfigKey}s in a
 * {@link io.mobula.agent.config.ConfigSchema}, reads a {@link io.mobula.agent.config.ConfigSource}
 * against it and fills its record. Start reading at {@link io.mobula.agent.config.ConfigSource}.
 */
@NullMarked
package io.mobula.agent.config;

import org.jspecify.annotations.NullMarked;
