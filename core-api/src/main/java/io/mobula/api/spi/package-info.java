/**
 * What connects the API to a runtime: a runtime implements {@link
 * io.mobula.api.spi.RuntimeProvider} and {@link io.mobula.api.spi.MobulaRuntime}; {@link
 * io.mobula.api.spi.RuntimeHolder} holds the one of this process. Generated stubs enter through
 * {@link io.mobula.api.spi.Stubs}. Programs do not use this package.
 */
@NullMarked
package io.mobula.api.spi;

import org.jspecify.annotations.NullMarked;
