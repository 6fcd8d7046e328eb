package io.mobula.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Runs a main class that the distribution has beside this command. */
final class MainClass {
  private MainClass() {}

  static void run(String className, String[] arguments) throws Exception {
    Class<?> found = find(className);
    try {
      MethodHandle main =
          MethodHandles.publicLookup()
              .findStatic(found, "main", MethodType.methodType(void.class, String[].class));
      main.invoke((Object) arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Apart from the run, since the program's own code may miss a class, too. */
  private static Class<?> find(String className) {
    try {
      return Class.forName(className);
    } catch (ClassNotFoundException e) {
      throw CommandFailure.failed(
          "this installation has no " + className + ": take the whole distribution");
    }
  }
}
