/**
 * The annotation processor of {@link io.mobula.api.Remote}: it refuses at compile time what can't
 * be remote, with the fix in the message, and writes typed stubs. Start at {@link
 * io.mobula.processor.RemoteProcessor}. It runs on the compiler's thread, and looks at one
 * annotated class at a time, so that incremental builds stay incremental.
 */
@NullMarked
package io.mobula.processor;

import org.jspecify.annotations.NullMarked;
