package io.mobula.store;

/**
 * The name of an object: 16 bytes that mean nothing to the store.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record StoreKey(long high, long low) {

  /** The key as 32 hexadecimal digits, the form that logs and messages use. */
  @Override
  public String toString() {
    return hex(high) + hex(low);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
