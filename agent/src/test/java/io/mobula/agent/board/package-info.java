/** Tests of {@link io.mobula.agent.board}. */
@NullMarked
package io.mobula.agent.board;

import org.jspecify.annotations.NullMarked;
