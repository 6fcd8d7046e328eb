/** Lincheck tests of the index. */
@NullMarked
package io.mobula.store.index;

import org.jspecify.annotations.NullMarked;
