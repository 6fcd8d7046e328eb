/**
 * The local mode: workers on threads of the driver's process, for breakpoints. They are core
 * workers as in any worker process, started by the same raylet and linked in memory; what is here
 * starts and ends them, and finds out for whom a thread acts. Start reading at {@link
 * io.mobula.driver.local.LocalWorkers}.
 */
@NullMarked
package io.mobula.driver.local;

import org.jspecify.annotations.NullMarked;
