package io.mobula.driver.classpath;

import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Ways to start a program in which it can't have workers, each with what to do instead. */
public final class LaunchRefusal {
  private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.";
  private static final String JSHELL = "jdk.jshell.";
  private static final String UNSAFE_MODULE = "jdk.unsupported";

  private LaunchRefusal() {}

  /**
   * Refuses a JVM that lacks what Mobula needs.
   *
   * @throws MobulaException with what to do
   */
  public static void requireUsableJvm() {
    check(System.getProperties(), name -> ModuleLayer.boot().findModule(name).isPresent());
  }

  static void check(Properties properties, Predicate<String> hasModule) {
    if (properties.getProperty("org.graalvm.nativeimage.imagecode") != null) {
      throw new MobulaException(
          ErrorCode.START_FAILED,
          "a native image has no class files for workers: run the program on a JVM, as in: java"
              + " -jar program.jar");
    }
    if (!hasModule.test(UNSAFE_MODULE)) {
      throw new MobulaException(
          ErrorCode.START_FAILED,
          "the program runs without the module "
              + UNSAFE_MODULE
              + ", which Mobula needs: write \"requires "
              + UNSAFE_MODULE
              + ";\" in its module-info.java, or start it with --add-modules "
              + UNSAFE_MODULE);
    }
  }

  /**
   * Refuses a JVM that can't be started a second time.
   *
   * @throws MobulaException with what to do
   */
  public static void requireJavaCommand() {
    check(Path.of(System.getProperty("java.home", "")));
  }

  static void check(Path javaHome) {
    Path java = javaHome.resolve("bin").resolve("java");
    if (!Files.isExecutable(java)) {
      throw new MobulaException(
          ErrorCode.START_FAILED,
          "workers can't be started, since this Java has no java command: path="
              + java
              + "; use a JDK, or leave --strip-native-commands out when making the runtime image");
    }
  }

  /** Why workers can't get that class. */
  static MobulaException of(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    String loaderName = loader == null ? "the JVM itself" : loader.getClass().getName();
    return new MobulaException(ErrorCode.CLASS_MISSING, reason(type.getName(), loaderName));
  }

  static String reason(String typeName, @Nullable String loaderName) {
    if (loaderName != null && loaderName.startsWith(SOURCE_LAUNCHER)) {
      String outermost = typeName.replaceFirst("\\$.*", "");
      return "workers can't get "
          + typeName
          + ", since java compiled it from its source into memory: compile it first, as in: javac"
          + " -cp mobula.jar -d classes "
          + outermost.substring(outermost.lastIndexOf('.') + 1)
          + ".java && java -cp mobula.jar:classes "
          + outermost;
    }
    if (loaderName != null && loaderName.startsWith(JSHELL)) {
      return "workers can't get what is typed into JShell, since it exists in this process's memory"
          + " only: put tasks and actors into a class, compile it, and run that with java -cp";
    }
    return "workers can't get "
        + typeName
        + ", since its class loader ("
        + loaderName
        + ") does not tell in which file it is: start the program from class files or jars on the"
        + " class path or module path, or as an executable jar of Spring Boot";
  }
}
