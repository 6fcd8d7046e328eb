package io.mobula.agent.link;

/** The contract between loops of one process. */
final class InProcessLinkTest extends LinkContract {
  InProcessLinkTest() {
    super(new InProcessFixture());
  }
}
