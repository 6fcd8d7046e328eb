package io.mobula.agent.link;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Hello;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One kind of link under {@link LinkContract}. */
public interface LinkFixture extends AutoCloseable {
  /** Listens, on the loop's thread; returns the address to dial. */
  String listen(LoopContext loop, LinkLimits limits, Greeter greeter) throws IOException;

  /** Dials, on the loop's thread. */
  void dial(LoopContext loop, LinkLimits limits, String address, Hello hello, DialHandler handler);

  /** An address where nobody listens. */
  String nowhere() throws IOException;

  /** Listens and accepts, but never answers; closed with the fixture. */
  String silent() throws IOException;

  /** The arguments of a JVM that dials the address, prints a line once open, and then lives on. */
  List<String> child(String address);

  /**
   * Sends one packet past the link layer and reads until the peer has closed.
   *
   * @return the first packet that came back, or null
   */
  byte @Nullable [] exchange(String address, byte[] packet) throws Exception;

  /** Where the loops' local links lead; null for other processes. */
  default @Nullable InProcessNetwork network() {
    return null;
  }

  /** Whether {@link #child} and {@link #exchange} can be had. */
  default boolean isBetweenProcesses() {
    return true;
  }

  @Override
  void close() throws IOException;
}
