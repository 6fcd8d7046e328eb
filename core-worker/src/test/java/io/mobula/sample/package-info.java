/** User code for tests that tell it from the runtime by its package. */
@NullMarked
package io.mobula.sample;

import org.jspecify.annotations.NullMarked;
