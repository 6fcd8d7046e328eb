/** Tests of {@link io.mobula.agent.session}. */
@NullMarked
package io.mobula.agent.session;

import org.jspecify.annotations.NullMarked;
