/** Tests of {@link io.mobula.gcs.state}. */
@NullMarked
package io.mobula.gcs.state;

import org.jspecify.annotations.NullMarked;
