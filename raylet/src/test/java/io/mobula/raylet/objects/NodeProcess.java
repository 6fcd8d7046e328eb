package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.store.file.StoreDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A node in a JVM of its own, which has put one object. */
final class NodeProcess implements AutoCloseable {
  static final ObjectKey KEY = new ObjectKey(ProcessAddress.of(1, 1), 1);

  private final Process process;
  private final int number;
  private final int dataPort;

  private NodeProcess(Process process, int number, int dataPort) {
    this.process = process;
    this.number = number;
    this.dataPort = dataPort;
  }

  static NodeProcess start(Path folder, int number, int sizeBytes) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx600m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    NodeProcess.class.getName(),
                    folder.toString(),
                    Integer.toString(number),
                    Integer.toString(sizeBytes)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String port = output.readLine();
    if (port == null) {
      throw new IOException("node process ended before it said its port");
    }
    return new NodeProcess(process, number, Integer.parseInt(port));
  }

  /** Args: store folder, node number, size of the object. Ends with its standard input. */
  public static void main(String[] args) throws Exception {
    int number = Integer.parseInt(args[1]);
    int sizeBytes = Integer.parseInt(args[2]);
    StoreDirectory folder = new StoreDirectory(Path.of(args[0]));
    try (TestNode node = new TestNode(folder, number, sizeBytes + (1L << 20), TestNode.TOKEN)) {
      long writer = node.join(1, true);
      node.put(writer, KEY, value(sizeBytes));
      System.out.println(node.dataPort());
      while (System.in.read() >= 0) {
        // The parent sends nothing; the end of its pipe ends this process.
      }
    }
  }

  /** The same in every process, and no byte of it is 0. */
  static MemorySegment value(int sizeBytes) {
    byte[] block = new byte[65_521];
    new Random(sizeBytes).nextBytes(block);
    for (int i = 0; i < block.length; i++) {
      block[i] |= 1;
    }
    byte[] bytes = new byte[sizeBytes];
    for (int offset = 0; offset < sizeBytes; offset += block.length) {
      System.arraycopy(block, 0, bytes, offset, Math.min(block.length, sizeBytes - offset));
    }
    return MemorySegment.ofArray(bytes);
  }

  int number() {
    return number;
  }

  int dataPort() {
    return dataPort;
  }

  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
