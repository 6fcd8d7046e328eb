package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task3;

/** A task that produces large objects as fast as it can, and an actor that reads them slowly. */
public final class Conveyor {
  /** Arguments: where to, the size of each object in bytes, and for how long in seconds. */
  public static final Task3<ActorHandle<Consumer>, Integer, Integer, Integer> PRODUCE =
      Mobula.task(Conveyor::produce);

  private Conveyor() {}

  /** Gives how many objects it has produced; the last of them may not have been read. */
  @Remote
  private static int produce(ActorHandle<Consumer> consumer, int sizeBytes, int seconds) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    int produced = 0;
    byte[] bytes = Volumes.make(0, sizeBytes);
    while (System.nanoTime() < end) {
      bytes[0] = (byte) produced;
      bytes[1] = (byte) (produced >> 8);
      ObjectRef<byte[]> ref = Mobula.put(bytes);
      consumer.call(Consumer::take, ref, produced);
      produced++;
    }
    return produced;
  }

  /** Reads each object many times. */
  @Remote
  public static final class Consumer {
    private static final int READS = 20;

    private int taken;
    private long firstHash;

    public Consumer() {}

    /** Takes the next object, in order. */
    public void take(byte[] bytes, int number) {
      int found = (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8;
      if (number != taken || found != (number & 0xffff)) {
        throw new IllegalStateException(
            "another object: number=" + number + ", expected=" + taken + ", found=" + found);
      }
      bytes[0] = 0;
      bytes[1] = 0;
      for (int i = 0; i < READS; i++) {
        long hash = Volumes.hash(bytes);
        if (taken == 0 && i == 0) {
          firstHash = hash;
        } else if (hash != firstHash) {
          throw new IllegalStateException("wrong bytes: number=" + number);
        }
      }
      taken++;
    }

    /** How many it has taken; a failed one stops the count. */
    public int taken() {
      return taken;
    }
  }
}
