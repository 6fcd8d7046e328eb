/** Tests of what runs on user threads. */
@NullMarked
package io.mobula.worker.user;

import org.jspecify.annotations.NullMarked;
