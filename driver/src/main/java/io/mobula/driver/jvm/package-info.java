/**
 * What a worker's JVM is told so that code means there what it means here: the options of this JVM
 * that change that, its defaults, and what {@code Mobula.init()} was told.
 *
 * <p>Start reading at {@link io.mobula.driver.jvm.WorkerJvmOptions}. Everything runs on the thread
 * that calls {@code Mobula.init()}.
 */
@NullMarked
package io.mobula.driver.jvm;

import org.jspecify.annotations.NullMarked;
