/**
 * Tests of the machines together: random histories of several processes in one thread, against what
 * an onlooker knows of all of them.
 */
@NullMarked
package io.mobula.worker.loop;

import org.jspecify.annotations.NullMarked;
