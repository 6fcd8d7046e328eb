package io.mobula.driver.jvm;

import java.lang.module.ModuleFinder;

/** Which modules every JVM has, as opposed to those of the program. */
final class JdkModules {
  private static final ModuleFinder SYSTEM = ModuleFinder.ofSystem();

  private JdkModules() {}

  static boolean contains(String module) {
    return SYSTEM.find(module).isPresent();
  }
}
