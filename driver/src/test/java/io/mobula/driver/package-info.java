/** Tests of what a driver and the commands ask a cluster. */
@NullMarked
package io.mobula.driver;

import org.jspecify.annotations.NullMarked;
