package io.mobula.worker.function;

/** How classes are named to people. Pure functions. */
final class DisplayNames {
  private DisplayNames() {}

  /**
   * The simple name, as in {@code Counter} for {@code shop.Shop$Counter}. A class that has none of
   * its own, in a method or an expression, is told with the class that it is in: {@code Main$1},
   * {@code Main$1Local}.
   *
   * @param binaryName as of {@link Class#getName()}
   */
  static String ofClass(String binaryName) {
    int hidden = binaryName.indexOf('/');
    String whole = hidden < 0 ? binaryName : binaryName.substring(0, hidden);
    String name = whole.substring(whole.lastIndexOf('.') + 1);
    int end = name.length();
    for (int dollar = name.lastIndexOf('$'); dollar > 0; dollar = name.lastIndexOf('$', end - 1)) {
      boolean isNamed =
          dollar + 1 < name.length()
              && Character.isLetter(name.charAt(dollar + 1))
              && name.charAt(dollar - 1) != '$';
      if (isNamed) {
        return name.substring(dollar + 1);
      }
      end = dollar;
    }
    return name;
  }
}
