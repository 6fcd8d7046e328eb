/** Tests of what failures say. */
@NullMarked
package io.mobula.worker.failure;

import org.jspecify.annotations.NullMarked;
