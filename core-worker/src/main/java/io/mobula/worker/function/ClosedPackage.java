package io.mobula.worker.function;

/** What to do about a package that its module keeps from Mobula. Pure. */
final class ClosedPackage {
  private ClosedPackage() {}

  /**
   * Why a class can't be looked into.
   *
   * @param mobula the module of Mobula's own classes: unnamed if they are on the class path
   */
  static String reason(Class<?> type, Module mobula) {
    String module = type.getModule().getName();
    String packageName = type.getPackageName();
    String opens =
        mobula.isNamed()
            ? "opens " + packageName + " to " + mobula.getName() + ";"
            : "opens " + packageName + ";";
    String target = mobula.isNamed() ? mobula.getName() : "ALL-UNNAMED";
    return "its module keeps it closed: write \""
        + opens
        + "\" in the module-info.java of "
        + module
        + ", or start the program with --add-opens "
        + module
        + "/"
        + packageName
        + "="
        + target;
  }
}
