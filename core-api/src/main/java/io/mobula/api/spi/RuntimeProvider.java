package io.mobula.api.spi;

import io.mobula.api.InitOptions;

/**
 * Makes the runtime of a driver. Found by {@link java.util.ServiceLoader}; there must be exactly
 * one on the class path.
 */
public interface RuntimeProvider {
  /**
   * Joins or starts a cluster.
   *
   * @param options what {@code Mobula.init} was given; address and token may still be in the
   *     environment
   * @return a running runtime
   * @throws io.mobula.api.MobulaException if that fails; nothing is left behind then
   */
  MobulaRuntime connect(InitOptions options);
}
