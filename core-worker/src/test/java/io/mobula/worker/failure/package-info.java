/** Tests of what runs on user threads. */
@NullMarked
package io.mobula.worker.failure;

import org.jspecify.annotations.NullMarked;
