/**
 * Failures: the words for those that the core worker finds, and their way into the exceptions that
 * users catch.
 *
 * <p>Pure functions. Start reading at {@link io.mobula.worker.failure.Failures}.
 */
@NullMarked
package io.mobula.worker.failure;

import org.jspecify.annotations.NullMarked;
