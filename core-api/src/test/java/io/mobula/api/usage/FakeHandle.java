package io.mobula.api.usage;

import io.mobula.api.ActorHandle;
import java.util.ArrayList;
import java.util.List;

/** A handle that records how it was killed. */
record FakeHandle<T>(String id, List<Boolean> kills) implements ActorHandle<T> {
  FakeHandle(String id) {
    this(id, new ArrayList<>());
  }

  @Override
  public void kill(boolean allowRestart) {
    kills.add(allowRestart);
  }
}
