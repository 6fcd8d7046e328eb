/**
 * Ids that every component shares: process addresses and object ids.
 *
 * <p>Immutable values. Start reading at {@link io.mobula.agent.id.ProcessAddress}.
 */
@NullMarked
package io.mobula.agent.id;

import org.jspecify.annotations.NullMarked;
