package io.mobula.api.spi;

import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one runtime on the class path: beside this class, or else where the calling thread
 * loads classes from.
 */
final class RuntimeProviders {
  private RuntimeProviders() {}

  static RuntimeProvider only() {
    List<RuntimeProvider> found = load(RuntimeProviders.class.getClassLoader());
    if (found.isEmpty()) {
      found = load(Thread.currentThread().getContextClassLoader());
    }
    return only(found);
  }

  static RuntimeProvider only(List<RuntimeProvider> found) {
    if (found.isEmpty()) {
      throw new MobulaException(
          ErrorCode.RUNTIME_MISSING,
          "no Mobula runtime on the class path: add the dependency io.mobula:mobula"
              + " (mobula-core-api alone is only what programs compile against)");
    }
    if (found.size() > 1) {
      throw new MobulaException(
          ErrorCode.RUNTIME_MISSING,
          "more than one Mobula runtime on the class path: "
              + String.join(", ", found.stream().map(p -> p.getClass().getName()).toList())
              + ": keep one, as by the dependency io.mobula:mobula alone");
    }
    return found.getFirst();
  }

  private static List<RuntimeProvider> load(@Nullable ClassLoader loader) {
    List<RuntimeProvider> found = new ArrayList<>();
    try {
      ServiceLoader.load(RuntimeProvider.class, loader).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new MobulaException(
          ErrorCode.RUNTIME_MISSING,
          "the Mobula runtime on the class path can't be loaded: check that all of its jars are"
              + " there in the same version: "
              + e.getMessage(),
          e);
    }
    return found;
  }
}
