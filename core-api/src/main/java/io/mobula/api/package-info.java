/**
 * What a user's program compiles against. Start at {@link io.mobula.api.Mobula}: it starts a
 * session, makes tasks and actors of methods and constructors, and stores and fetches objects.
 *
 * <p>The package holds no runtime. It finds one by {@link java.util.ServiceLoader} through {@link
 * io.mobula.api.spi}. Everything here may be used from any thread.
 */
@NullMarked
package io.mobula.api;

import org.jspecify.annotations.NullMarked;
