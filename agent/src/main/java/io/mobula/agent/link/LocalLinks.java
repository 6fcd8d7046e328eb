package io.mobula.agent.link;

import io.mobula.proto.Hello;
import java.io.IOException;
import java.nio.file.Path;

/** Unix-socket links polled by one loop. Owner thread: the loop's. */
public interface LocalLinks {
  /**
   * Listens on a Unix socket, created with mode 0600; its folder must be private to the user.
   *
   * @throws IOException if the socket can't be bound; the message names the path
   */
  void listen(Path socket, Greeter greeter) throws IOException;

  /**
   * Dials a Unix socket. Events follow on the loop; never before this method returns.
   *
   * @param hello this side's Hello; protocol and software version are filled in
   */
  void connect(Path socket, Hello hello, DialHandler handler);
}
