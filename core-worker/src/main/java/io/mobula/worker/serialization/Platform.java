package io.mobula.worker.serialization;

/** What the codec needs to know of the Java runtime's own classes. Stateless. */
final class Platform {
  private static final ClassLoader PLATFORM_LOADER = ClassLoader.getPlatformClassLoader();

  private Platform() {}

  /** True for classes of the JDK itself, whatever flags opened in this process. */
  @SuppressWarnings("ReferenceEquality") // There is one platform loader.
  static boolean isPlatformClass(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == PLATFORM_LOADER;
  }

  /** The name a user knows a class by. */
  static String displayName(Class<?> type) {
    if (type.isHidden()) {
      String name = type.getName();
      int lambda = name.indexOf("$$Lambda");
      String host = lambda < 0 ? name : name.substring(0, lambda);
      return "lambda in " + host.substring(host.lastIndexOf('.') + 1);
    }
    String simple = type.getSimpleName();
    String name = type.getName();
    return simple.isEmpty() ? name.substring(name.lastIndexOf('.') + 1) : simple;
  }

  /** The full name a user knows a class by. */
  static String fullName(Class<?> type) {
    return type.isHidden() ? displayName(type) : type.getTypeName();
  }
}
