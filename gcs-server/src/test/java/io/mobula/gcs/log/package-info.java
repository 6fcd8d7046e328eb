/** Tests of {@link io.mobula.gcs.log}. */
@NullMarked
package io.mobula.gcs.log;

import org.jspecify.annotations.NullMarked;
