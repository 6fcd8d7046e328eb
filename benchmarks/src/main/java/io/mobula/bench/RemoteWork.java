package io.mobula.bench;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task0;
import io.mobula.api.Task1;
import java.util.ArrayList;
import java.util.List;

/** What the benchmarks run remotely. As in Ray's, a task returns a few bytes. */
final class RemoteWork {
  static final Task0<byte[]> SMALL = Mobula.task(RemoteWork::small);
  static final Task0<Void> PUT_SMALL = Mobula.task(RemoteWork::putSmall);
  static final Task0<Void> PUT_LARGE = Mobula.task(RemoteWork::putLarge);
  static final Task1<Integer, List<ObjectRef<byte[]>>> MANY_REFS =
      Mobula.task(RemoteWork::manyRefs);

  private static final int SMALL_PUTS = 100;
  private static final int LARGE_PUTS = 10;
  private static final int LARGE_LONGS = 10 << 20;

  private RemoteWork() {}

  @Remote
  static byte[] small() {
    return new byte[] {'o', 'k'};
  }

  @Remote
  static void putSmall() {
    for (int i = 0; i < SMALL_PUTS; i++) {
      Mobula.put(0);
    }
  }

  @Remote
  static void putLarge() {
    long[] value = new long[LARGE_LONGS];
    for (int i = 0; i < LARGE_PUTS; i++) {
      Mobula.put(value);
    }
  }

  @Remote
  static List<ObjectRef<byte[]>> manyRefs(int count) {
    List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(Mobula.put(new byte[] {1}));
    }
    return refs;
  }

  /** Calls of {@code count} to each actor, awaited. */
  @Remote(numCpus = 0)
  static void callAll(List<ActorHandle<SmallActor>> actors, int count) {
    List<ObjectRef<byte[]>> results = new ArrayList<>(count * actors.size());
    for (int i = 0; i < count; i++) {
      for (ActorHandle<SmallActor> actor : actors) {
        results.add(actor.call(SmallActor::small));
      }
    }
    Mobula.get(results);
  }

  /** Ray's Actor. */
  @Remote
  static final class SmallActor {
    private int submitted;

    SmallActor() {}

    byte[] small() {
      return new byte[] {'o', 'k'};
    }

    byte[] smallWithArgument(Object ignored) {
      return new byte[] {'o', 'k'};
    }

    /** Submits tasks from here and waits for them. */
    int smallBatch(int count) {
      List<ObjectRef<byte[]>> results = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        results.add(SMALL.remote());
      }
      Mobula.get(results);
      submitted += count;
      return submitted;
    }
  }

  /** Ray's Client: an actor that calls others. */
  @Remote
  static final class ClientActor {
    private final List<ActorHandle<SmallActor>> servers;

    ClientActor(List<ActorHandle<SmallActor>> servers) {
      this.servers = servers;
    }

    int callAll(int count) {
      RemoteWork.callAll(servers, count);
      return count;
    }

    int callWithArgument(int count) {
      ObjectRef<Integer> argument = Mobula.put(0);
      List<ObjectRef<byte[]>> results = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        results.add(servers.getFirst().call(SmallActor::smallWithArgument, argument));
      }
      Mobula.get(results);
      return count;
    }
  }
}
