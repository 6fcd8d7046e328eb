/** Tests of the caller's side of actors, stepped by hand. */
@NullMarked
package io.mobula.worker.actor;

import org.jspecify.annotations.NullMarked;
