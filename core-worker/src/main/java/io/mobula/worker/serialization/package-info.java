/**
 * The codec of user values: any object graph of a Java program to opaque bytes and back.
 *
 * <p>Start reading at {@link io.mobula.worker.serialization.ValueCodec}. Scalars, strings,
 * primitive arrays and buffers have raw kinds ({@link io.mobula.worker.serialization.ValueKind});
 * everything else is one stream of the graph format, drawn in {@code Tag}. The format is the same
 * in a driver without JVM flags and in a worker with them: only public and supported JDK API is
 * used, never {@code sun.misc.Unsafe} or opened packages.
 *
 * <p>Runs on whatever thread encodes or decodes. The only shared mutable structures are {@code
 * ContextPool} and {@code DescriptorTable}, each documented in its class.
 */
@NullMarked
package io.mobula.worker.serialization;

import org.jspecify.annotations.NullMarked;
