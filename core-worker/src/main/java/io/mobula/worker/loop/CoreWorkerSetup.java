package io.mobula.worker.loop;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Hello;
import org.jspecify.annotations.Nullable;

/**
 * What a core worker is made of.
 *
 * @param role for thread names and logs
 * @param hello what this process says of itself; its address is filled in when it is known
 * @param dialler opens the link to the raylet
 * @param loader finds the user's classes
 * @param clock the time
 * @param events what this process does about the rest
 * @param lineageBytesMax what is kept to run tasks again whose results are lost, at most
 * @param board notes what tasks do here, for the raylet to read when this process is gone
 * @param sharedProcess the process that it shares with others; null if it has one of its own
 */
public record CoreWorkerSetup(
    String role,
    Hello hello,
    RayletDialler dialler,
    ClassLoader loader,
    Clock clock,
    CoreWorkerEvents events,
    long lineageBytesMax,
    RunningBoard board,
    @Nullable SharedProcess sharedProcess) {
  /** One that has a process of its own, and runs no tasks. */
  public CoreWorkerSetup(
      String role,
      Hello hello,
      RayletDialler dialler,
      ClassLoader loader,
      Clock clock,
      CoreWorkerEvents events,
      long lineageBytesMax) {
    this(
        role,
        hello,
        dialler,
        loader,
        clock,
        events,
        lineageBytesMax,
        RunningBoard.unwatched(),
        null);
  }

  /** Opens the link to the raylet: a Unix socket for workers, gRPC for drivers. */
  @FunctionalInterface
  public interface RayletDialler {
    /** On the loop; the handler's events follow on the loop. */
    void dial(LoopContext context, Hello hello, DialHandler handler);
  }
}
