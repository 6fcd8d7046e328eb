package io.mobula.worker.serialization;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from objects to numbers for one encoding: by identity, or for strings by equality.
 *
 * <p>Owner: the thread that encodes. Open addressing, linear probing, at most half full. Strings
 * are compared by value on purpose: equal strings are sent once, and a table keyed by their
 * identity would have to use {@code identityHashCode}, which costs more than the hash a string
 * caches.
 */
final class IdentityTable {
  static final int ABSENT = Integer.MIN_VALUE;
  private static final int SMALL = 64;
  private static final int RETAINED = 1 << 14;

  private @Nullable Object[] keys = new Object[SMALL];
  private int[] numbers = new int[SMALL];
  private int mask = SMALL - 1;
  private int size;

  @SuppressWarnings("ReferenceEquality") // Identity is the point.
  int find(Object key) {
    int at = slot(System.identityHashCode(key));
    for (Object candidate = keys[at]; candidate != null; candidate = keys[at]) {
      if (candidate == key) {
        return numbers[at];
      }
      at = (at + 1) & mask;
    }
    return ABSENT;
  }

  /** Sets the number of a key, new or not. */
  @SuppressWarnings("ReferenceEquality") // Identity is the point.
  void put(Object key, int number) {
    int at = slot(System.identityHashCode(key));
    for (Object candidate = keys[at]; candidate != null; candidate = keys[at]) {
      if (candidate == key) {
        numbers[at] = number;
        return;
      }
      at = (at + 1) & mask;
    }
    insert(at, key, number);
  }

  /** Returns the number of an equal string, or notes this one under {@code number}. */
  int findOrPutString(String key, int number) {
    int at = slot(key.hashCode());
    for (Object candidate = keys[at]; candidate != null; candidate = keys[at]) {
      if (key.equals(candidate)) {
        return numbers[at];
      }
      at = (at + 1) & mask;
    }
    insert(at, key, number);
    return ABSENT;
  }

  void clear() {
    if (keys.length > RETAINED) {
      keys = new Object[SMALL];
      numbers = new int[SMALL];
      mask = SMALL - 1;
    } else if (size > 0) {
      Arrays.fill(keys, null);
    }
    size = 0;
  }

  private int slot(int hash) {
    int mixed = hash * 0x9E3779B9;
    return (mixed ^ (mixed >>> 15)) & mask;
  }

  private void insert(int at, Object key, int number) {
    keys[at] = key;
    numbers[at] = number;
    size++;
    if (2 * size > keys.length) {
      grow();
    }
  }

  private void grow() {
    @Nullable Object[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new Object[2 * oldKeys.length];
    numbers = new int[keys.length];
    mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      Object key = oldKeys[i];
      if (key != null) {
        int at = slot(key instanceof String s ? s.hashCode() : System.identityHashCode(key));
        while (keys[at] != null) {
          at = (at + 1) & mask;
        }
        keys[at] = key;
        numbers[at] = oldNumbers[i];
      }
    }
  }
}
