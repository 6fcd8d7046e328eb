/**
 * Where the program's classes come from, so that workers get the same: the class path, modules, the
 * URLs of class loaders, jars within jars. What a worker can't get is refused here, when the
 * session starts, and not later by a class that is missing.
 *
 * <p>Start reading at {@link io.mobula.driver.classpath.ProgramClasses}. Everything runs on the
 * thread that calls {@code Mobula.init()}.
 */
@NullMarked
package io.mobula.driver.classpath;

import org.jspecify.annotations.NullMarked;
