package io.mobula.agent.link;

import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.Welcome;

/** Decides who may open a link to this process. On the loop's thread. */
public interface Greeter {
  /** Protocol versions have been compared already. */
  Answer greet(Hello hello);

  /** The answer to a Hello. */
  sealed interface Answer {
    /**
     * Opens the link.
     *
     * @param welcome versions and pid are filled in by the link
     * @param handler gets the link's events
     */
    record Accepted(Welcome welcome, LinkHandler handler) implements Answer {}

    record Refused(Failure failure) implements Answer {}
  }
}
