package io.mobula.raylet;

import io.mobula.proto.Failure;
import java.io.IOException;

/** A raylet that could not join its cluster: what failed, and what to do about it. */
public final class RayletStartException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;

  RayletStartException(Failure failure) {
    super(failure.getMessage());
    this.failure = failure;
  }

  /**
   * The kind tells a wrong secret from a missing head; absent after Java serialization, which
   * nobody does.
   */
  public Failure failure() {
    return failure;
  }
}
