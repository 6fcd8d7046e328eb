package io.mobula.agent.id;

/**
 * A process's address in the cluster, a plain {@code long}: the node's number in the upper 32 bits,
 * the process's number on that node in the lower 32. The GCS is 0, a raylet's number on its node is
 * 0, commands have node 0. The GCS never gives a node number twice and a raylet never gives a
 * process number twice, so an address names one process for ever.
 */
public final class ProcessAddress {
  /** The head daemon. */
  public static final long GCS = 0;

  private ProcessAddress() {}

  public static long of(int node, int process) {
    return ((long) node << Integer.SIZE) | Integer.toUnsignedLong(process);
  }

  public static int node(long address) {
    return (int) (address >>> Integer.SIZE);
  }

  public static int process(long address) {
    return (int) address;
  }

  /** The raylet of the node that the process lives on. */
  public static long rayletOf(long address) {
    return address & 0xFFFF_FFFF_0000_0000L;
  }

  public static boolean isRaylet(long address) {
    return process(address) == 0 && node(address) != 0;
  }

  /**
   * Whether the death of {@code dead} (a process, or a raylet and so its node) is the death of
   * {@code address}.
   */
  public static boolean diesWith(long address, long dead) {
    return address == dead || (isRaylet(dead) && node(address) == node(dead));
  }

  /** For people: {@code gcs}, {@code node 3} or {@code process 3.7}. */
  public static String describe(long address) {
    if (address == GCS) {
      return "gcs";
    }
    return process(address) == 0
        ? "node " + Integer.toUnsignedString(node(address))
        : "process "
            + Integer.toUnsignedString(node(address))
            + "."
            + Integer.toUnsignedString(process(address));
  }
}
