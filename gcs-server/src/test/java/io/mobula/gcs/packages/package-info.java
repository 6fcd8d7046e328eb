/** Tests of {@link io.mobula.gcs.packages}. */
@NullMarked
package io.mobula.gcs.packages;

import org.jspecify.annotations.NullMarked;
