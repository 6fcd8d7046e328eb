package io.mobula.agent.link;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Hello;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Unix links in a folder of their own. */
final class UnixFixture implements LinkFixture {
  private final Path folder;
  private final List<ServerSocketChannel> silent = new ArrayList<>();
  private int socketCount;

  UnixFixture() {
    try {
      folder = Files.createTempDirectory("mobula-links");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String listen(LoopContext loop, LinkLimits limits, Greeter greeter) throws IOException {
    Path socket = socket();
    loop.links().listen(socket, greeter);
    return socket.toString();
  }

  @Override
  public void dial(
      LoopContext loop, LinkLimits limits, String address, Hello hello, DialHandler handler) {
    loop.links().connect(Path.of(address), hello, handler);
  }

  @Override
  public String nowhere() {
    return socket().toString();
  }

  @Override
  public String silent() throws IOException {
    Path socket = socket();
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(socket));
    silent.add(channel);
    return socket.toString();
  }

  @Override
  public List<String> child(String address) {
    return List.of(UnixChild.class.getName(), address);
  }

  @Override
  public byte @Nullable [] exchange(String address, byte[] packet) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(address));
      ByteBuffer frame = ByteBuffer.allocate(4 + packet.length).order(ByteOrder.LITTLE_ENDIAN);
      frame.putInt(packet.length).put(packet).flip();
      channel.write(frame);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (readMore(channel, buffer)) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      byte[] bytes = answer.toByteArray();
      return bytes.length < 4
          ? null
          : Arrays.copyOfRange(
              bytes, 4, 4 + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocketChannel channel : silent) {
      channel.close();
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(folder);
  }

  private static boolean readMore(SocketChannel channel, ByteBuffer buffer) {
    try {
      return channel.read(buffer) >= 0;
    } catch (IOException e) {
      // The peer closed with our bytes unread: as good as an end.
      return false;
    }
  }

  private Path socket() {
    return folder.resolve(socketCount++ + ".sock");
  }
}
