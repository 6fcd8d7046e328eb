package io.mobula.gcs.state;

import io.mobula.agent.config.UnitText;
import io.mobula.proto.Resources;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Arithmetic on {@link Resources}: amounts in 1/10000 of a unit, 0 where a name is missing. */
public final class ResourceAmounts {
  private static final int FRACTION_DIGITS = 4;
  private static final long PER_UNIT = 10_000;
  private static final String MEMORY = "memory";

  private ResourceAmounts() {}

  /** Whether the request can be taken out of what there is. */
  public static boolean fits(Resources request, Resources available) {
    for (Map.Entry<String, Long> entry : request.getAmountsMap().entrySet()) {
      if (entry.getValue() > available.getAmountsOrDefault(entry.getKey(), 0)) {
        return false;
      }
    }
    return true;
  }

  /** What is left; may be negative. */
  public static Resources subtract(Resources from, Resources request) {
    if (request.getAmountsCount() == 0) {
      return from;
    }
    Resources.Builder rest = from.toBuilder();
    request
        .getAmountsMap()
        .forEach(
            (name, amount) -> rest.putAmounts(name, from.getAmountsOrDefault(name, 0) - amount));
    return rest.build();
  }

  /** The used share of the scarcest resource, 0 to 1 (more if over-committed). */
  public static double load(Resources total, Resources available) {
    double load = 0;
    for (Map.Entry<String, Long> entry : total.getAmountsMap().entrySet()) {
      if (entry.getValue() > 0) {
        long used = entry.getValue() - available.getAmountsOrDefault(entry.getKey(), 0);
        load = Math.max(load, (double) used / entry.getValue());
      }
    }
    return load;
  }

  /** For people, such as {@code CPU=4, memory=8GiB}; {@code nothing} if empty. */
  public static String describe(Resources resources) {
    List<String> pieces = new ArrayList<>();
    for (Map.Entry<String, Long> entry : new TreeMap<>(resources.getAmountsMap()).entrySet()) {
      pieces.add(entry.getKey() + "=" + describe(entry.getKey(), entry.getValue()));
    }
    return pieces.isEmpty() ? "nothing" : String.join(", ", pieces);
  }

  private static String describe(String name, long amount) {
    if (name.equals(MEMORY) && amount >= 0) {
      return UnitText.describeBytes(amount / PER_UNIT);
    }
    return BigDecimal.valueOf(amount, FRACTION_DIGITS).stripTrailingZeros().toPlainString();
  }
}
