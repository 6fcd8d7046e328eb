/** Tests of {@link io.mobula.gcs}. */
@NullMarked
package io.mobula.gcs;

import org.jspecify.annotations.NullMarked;
