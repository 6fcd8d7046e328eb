/** Tests of Arrow batches as values. */
@NullMarked
package io.mobula.arrow;

import org.jspecify.annotations.NullMarked;
