package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import java.util.ArrayList;
import java.util.List;

/** An actor that makes objects, keeps references, passes them on, reads and drops them. */
@Remote
public final class Keeper {
  private final List<ObjectRef<byte[]>> kept = new ArrayList<>();

  public Keeper() {}

  /** Of its process. */
  public long pid() {
    return ProcessHandle.current().pid();
  }

  /** An object of this process, kept here too or not. */
  public ObjectRef<byte[]> make(int number, int sizeBytes, boolean isKept) {
    ObjectRef<byte[]> ref = Mobula.put(Volumes.make(number, sizeBytes));
    if (isKept) {
      kept.add(ref);
    }
    return ref;
  }

  /** Keeps references; gives how many it has. */
  public int keep(List<ObjectRef<byte[]>> refs) {
    kept.addAll(refs);
    return kept.size();
  }

  /** Some of what it keeps. */
  public List<ObjectRef<byte[]>> some(int count) {
    return List.copyOf(kept.subList(0, Math.min(count, kept.size())));
  }

  /** Drops references; gives how many are left. */
  public int drop(int count) {
    kept.subList(0, Math.min(count, kept.size())).clear();
    return kept.size();
  }

  /** Reads the object last kept; gives its size, or -1 if there is none. */
  public int read() {
    return kept.isEmpty() ? -1 : kept.getLast().get().length;
  }

  /** Passes an object through: the result is a new one. */
  public byte[] copy(byte[] bytes) {
    return bytes.clone();
  }

  /** Has the collector look for references that are not reachable. */
  public int collect() {
    System.gc();
    return kept.size();
  }
}
