package io.mobula.agent.link;

import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.proto.Hello;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Links between loops of this process. */
final class InProcessFixture implements LinkFixture {
  private final InProcessNetwork network = new InProcessNetwork();
  private int pathCount;

  @Override
  public InProcessNetwork network() {
    return network;
  }

  @Override
  public boolean isBetweenProcesses() {
    return false;
  }

  @Override
  public String listen(LoopContext loop, LinkLimits limits, Greeter greeter) throws IOException {
    Path path = path();
    loop.links().listen(path, greeter);
    return path.toString();
  }

  @Override
  public void dial(
      LoopContext loop, LinkLimits limits, String address, Hello hello, DialHandler handler) {
    loop.links().connect(Path.of(address), hello, handler);
  }

  @Override
  public String nowhere() {
    return path().toString();
  }

  @Override
  public String silent() throws IOException {
    Path path = path();
    LoopOwner owner = LoopOwner.ofCurrentThread();
    LinkContext context =
        new LinkContext(
            (delayNanos, action) -> {
              throw new IllegalStateException("nothing happens here");
            },
            LinkLimits.DEFAULT,
            LinkIdentity.current());
    // Takes what is posted, and never runs it.
    new InProcessLinks(network, owner, action -> true, context)
        .listen(
            path,
            hello -> {
              throw new IllegalStateException("never asked");
            });
    return path.toString();
  }

  @Override
  public List<String> child(String address) {
    throw new UnsupportedOperationException("not between processes");
  }

  @Override
  public byte @Nullable [] exchange(String address, byte[] packet) {
    throw new UnsupportedOperationException("not between processes");
  }

  @Override
  public void close() {}

  private Path path() {
    return Path.of("/in-process/" + pathCount++);
  }
}
