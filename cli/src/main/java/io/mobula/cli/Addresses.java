package io.mobula.cli;

import io.mobula.agent.config.HostPort;

/** Addresses that a person typed. */
final class Addresses {
  private Addresses() {}

  /**
   * The address in its usual form.
   *
   * @throws CommandFailure if it is none; the message says what one looks like
   */
  static String parse(String typed) {
    try {
      return HostPort.parse(typed).toString();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          MobulaCommand.WRONG_USAGE,
          "not an address: '" + typed + "'; write HOST:PORT, such as 10.0.0.1:6379");
    }
  }
}
