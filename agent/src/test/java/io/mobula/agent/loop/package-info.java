/** The loop under test: by real threads, and by hand. */
@NullMarked
package io.mobula.agent.loop;

import org.jspecify.annotations.NullMarked;
