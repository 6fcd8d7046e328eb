package io.mobula.raylet.lease;

import io.mobula.agent.config.UnitText;
import io.mobula.proto.Resources;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Amounts of named resources in 1/10000 of a unit. Immutable. A name that is absent has the amount
 * 0; an amount may be negative only in what is free (see {@link LeaseTable}).
 */
public record ResourceSet(SortedMap<String, Long> amounts) {
  /** The name of processor cores. */
  public static final String CPU = "CPU";

  /** The name of main memory; one unit is one byte. */
  public static final String MEMORY = "memory";

  /** The fixed-point scale. */
  public static final long UNIT = 10_000;

  /** Nothing. */
  public static final ResourceSet NONE = new ResourceSet(Collections.emptySortedMap());

  /** Copies, and leaves out zeros. */
  public ResourceSet {
    TreeMap<String, Long> copy = new TreeMap<>(amounts);
    copy.values().removeIf(amount -> amount == 0);
    amounts = Collections.unmodifiableSortedMap(copy);
  }

  public static ResourceSet of(Resources resources) {
    return new ResourceSet(new TreeMap<>(resources.getAmountsMap()));
  }

  public static ResourceSet of(String name, long amount) {
    return new ResourceSet(new TreeMap<>(Map.of(name, amount)));
  }

  public Resources toProto() {
    return Resources.newBuilder().putAllAmounts(amounts).build();
  }

  public long amount(String name) {
    return amounts.getOrDefault(name, 0L);
  }

  public boolean isEmpty() {
    return amounts.isEmpty();
  }

  public boolean hasNegative() {
    return amounts.values().stream().anyMatch(amount -> amount < 0);
  }

  /**
   * Whether every amount asked for is there. Asking for nothing always fits, even where amounts are
   * negative.
   */
  public boolean fitsIn(ResourceSet free) {
    for (Map.Entry<String, Long> wanted : amounts.entrySet()) {
      if (wanted.getValue() > free.amount(wanted.getKey())) {
        return false;
      }
    }
    return true;
  }

  public ResourceSet plus(ResourceSet other) {
    TreeMap<String, Long> sum = new TreeMap<>(amounts);
    other.amounts.forEach((name, amount) -> sum.merge(name, amount, Math::addExact));
    return new ResourceSet(sum);
  }

  public ResourceSet minus(ResourceSet other) {
    TreeMap<String, Long> difference = new TreeMap<>(amounts);
    other.amounts.forEach((name, amount) -> difference.merge(name, -amount, Math::addExact));
    return new ResourceSet(difference);
  }

  /** The amount of one resource alone. */
  public ResourceSet only(String name) {
    return of(name, amount(name));
  }

  /** For people: {@code CPU=1.5, memory=1GiB}; {@code nothing} if empty. */
  @Override
  public String toString() {
    return amounts.isEmpty()
        ? "nothing"
        : amounts.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + text(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String text(String name, long amount) {
    if (name.equals(MEMORY) && amount >= 0) {
      return UnitText.describeBytes(amount / UNIT);
    }
    return BigDecimal.valueOf(amount, 4).stripTrailingZeros().toPlainString();
  }
}
