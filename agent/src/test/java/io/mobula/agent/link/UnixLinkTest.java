package io.mobula.agent.link;

/** The contract over Unix sockets. */
final class UnixLinkTest extends LinkContract {
  UnixLinkTest() {
    super(new UnixFixture());
  }
}
