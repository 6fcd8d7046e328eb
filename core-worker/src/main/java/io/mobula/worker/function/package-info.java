/**
 * Functions: from a method reference or lambda to a name that travels, and back to something to
 * invoke.
 *
 * <p>Concurrent caches, each filled once a function. Start reading at {@link
 * io.mobula.worker.function.FunctionResolver}.
 */
@NullMarked
package io.mobula.worker.function;

import org.jspecify.annotations.NullMarked;
