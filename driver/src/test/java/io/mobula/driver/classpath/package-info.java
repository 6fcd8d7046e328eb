/** Tests of where the classes of a program come from. */
@NullMarked
package io.mobula.driver.classpath;

import org.jspecify.annotations.NullMarked;
