/** Links under test. {@link io.mobula.agent.link.LinkContract} is what every kind must pass. */
@NullMarked
package io.mobula.agent.link;

import org.jspecify.annotations.NullMarked;
