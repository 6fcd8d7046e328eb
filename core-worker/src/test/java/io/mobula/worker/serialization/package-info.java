/**
 * Tests of the value codec.
 *
 * <p>{@code Samples} is the table of value kinds; it runs in this JVM, in child JVMs with and
 * without flags, and against classes of a child class loader.
 */
@NullMarked
package io.mobula.worker.serialization;

import org.jspecify.annotations.NullMarked;
