package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Resource;
import io.mobula.api.Session;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Makes objects at known lines, has an actor on the other node keep them, and waits. */
public final class Hoarder {
  /** Bytes of the large object. */
  public static final int LARGE_BYTES = 8 << 20;

  private Hoarder() {}

  /** Keeps what it is given. */
  @Remote(resources = @Resource(name = "elsewhere", amount = 1))
  public static final class Shelf {
    private final List<Object> kept = new ArrayList<>();

    public Shelf() {}

    /** The bytes, or references. */
    public int keep(Object value) {
      kept.add(value);
      return kept.size();
    }
  }

  /** Prints the ids and waits to be killed. */
  public static void main(String[] arguments) throws InterruptedException {
    try (Session _ = Mobula.init()) {
      ActorHandle<Shelf> shelf = Mobula.actor(Shelf::new).remote();
      MemorySegment bytes = MemorySegment.ofArray(new byte[LARGE_BYTES]);
      int line = 1 + new Throwable().getStackTrace()[0].getLineNumber();
      ObjectRef<MemorySegment> large = Mobula.put(bytes);
      ObjectRef<long[]> inner = Mobula.put(new long[100_000]);
      ObjectRef<Optional<ObjectRef<long[]>>> outer = Mobula.put(Optional.of(inner));
      shelf.call(Shelf::keep, large).get();
      shelf.call(Shelf::keep, List.of(inner)).get();
      System.out.println("large=" + large.id());
      System.out.println("inner=" + inner.id());
      System.out.println("outer=" + outer.id());
      System.out.println("line=" + line);
      System.out.println("nodes=" + Mobula.nodes().size());
      new CountDownLatch(1).await();
    }
  }
}
