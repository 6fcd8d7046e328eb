/** Tests of how functions are named on one side and found on the other. */
@NullMarked
package io.mobula.worker.function;

import org.jspecify.annotations.NullMarked;
