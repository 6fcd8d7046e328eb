/** Tests of the two structures that user threads share with the loop. */
@NullMarked
package io.mobula.worker.object;

import org.jspecify.annotations.NullMarked;
