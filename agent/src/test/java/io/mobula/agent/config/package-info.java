/** Tests of {@link io.mobula.agent.config}. */
@NullMarked
package io.mobula.agent.config;

import org.jspecify.annotations.NullMarked;
