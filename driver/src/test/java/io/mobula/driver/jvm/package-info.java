/** Tests of what the JVMs of workers are told. */
@NullMarked
package io.mobula.driver.jvm;

import org.jspecify.annotations.NullMarked;
