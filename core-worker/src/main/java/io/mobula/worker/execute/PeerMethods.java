package io.mobula.worker.execute;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FunctionDefinition;
import io.mobula.worker.function.RemoteMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that each peer has defined for its calls here. Owner thread: the loop. */
public final class PeerMethods {
  private final ClassLoader loader;
  private final Map<Long, Map<Integer, RemoteMethod>> defined = new HashMap<>();

  /**
   * @param loader finds the user's classes
   */
  public PeerMethods(ClassLoader loader) {
    this.loader = loader;
  }

  void define(long peer, List<FunctionDefinition> definitions) {
    for (FunctionDefinition definition : definitions) {
      defined
          .computeIfAbsent(peer, fresh -> new HashMap<>())
          .put(definition.getNumber(), new RemoteMethod(definition.getFunction(), loader));
    }
  }

  RemoteMethod find(long peer, int number) {
    RemoteMethod method = defined.getOrDefault(peer, Map.of()).get(number);
    if (method == null) {
      throw new IllegalStateException(
          "function used before it was defined: peer="
              + ProcessAddress.describe(peer)
              + ", function="
              + number);
    }
    return method;
  }

  public void onProcessDied(long dead) {
    defined.keySet().removeIf(peer -> ProcessAddress.diesWith(peer, dead));
  }
}
