/**
 * Tests of task submission, one machine stepped by hand in virtual time.
 *
 * <p>{@link io.mobula.worker.submit.SubmitterRig} is the machine with everything around it
 * recorded.
 */
@NullMarked
package io.mobula.worker.submit;

import org.jspecify.annotations.NullMarked;
