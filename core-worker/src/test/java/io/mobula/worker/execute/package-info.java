/** Tests of the machines that run tasks and calls, stepped by hand: the threads are lists. */
@NullMarked
package io.mobula.worker.execute;

import org.jspecify.annotations.NullMarked;
