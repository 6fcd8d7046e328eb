/**
 * Small programs as a user would write them, each a first look at one part of Mobula: {@link
 * io.mobula.examples.Hello} at tasks, {@link io.mobula.examples.WordCount} at an actor, {@link
 * io.mobula.examples.Prices} at the typed stubs that the annotation processor writes. They compile
 * against {@code io.mobula.api} alone.
 */
@NullMarked
package io.mobula.examples;

import org.jspecify.annotations.NullMarked;
