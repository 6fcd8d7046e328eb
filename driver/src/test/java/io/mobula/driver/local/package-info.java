/** Tests of workers that are threads of the driver's process. */
@NullMarked
package io.mobula.driver.local;

import org.jspecify.annotations.NullMarked;
