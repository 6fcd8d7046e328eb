package io.mobula.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Runs a main class that the distribution has beside this command. */
final class MainClass {
  private MainClass() {}

  static void run(String className, String[] arguments) throws Exception {
    try {
      MethodHandle main =
          MethodHandles.publicLookup()
              .findStatic(
                  Class.forName(className),
                  "main",
                  MethodType.methodType(void.class, String[].class));
      main.invoke((Object) arguments);
    } catch (ClassNotFoundException e) {
      throw CommandFailure.failed(
          "this installation has no " + className + ": take the whole distribution");
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
