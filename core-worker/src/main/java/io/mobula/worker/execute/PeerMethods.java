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

  /**
   * The method that the peer means. Its definition may have been lost, if the two nodes gave each
   * other up and the peer has not heard of it yet; then the call fails, and the peer, which has
   * given it up by the time it learns, does not mind.
   */
  RemoteMethod find(long peer, int number) {
    RemoteMethod method = defined.getOrDefault(peer, Map.of()).get(number);
    return method == null
        ? RemoteMethod.unknown(
            "function used before it was defined: peer="
                + ProcessAddress.describe(peer)
                + ", function="
                + number,
            loader)
        : method;
  }

  public void onProcessDied(long dead) {
    defined.keySet().removeIf(peer -> ProcessAddress.diesWith(peer, dead));
  }
}
