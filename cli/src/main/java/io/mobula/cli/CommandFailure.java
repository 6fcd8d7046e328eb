package io.mobula.cli;

/** A command can't do what it was asked; the message is all that the user needs. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static CommandFailure failed(String message) {
    return new CommandFailure(MobulaCommand.FAILED, message);
  }

  int exitCode() {
    return exitCode;
  }
}
