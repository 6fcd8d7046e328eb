package io.mobula.api.usage;

import io.mobula.api.InitOptions;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RuntimeProvider;

/** The provider that the tests' class path has. */
public final class FakeProvider implements RuntimeProvider {
  /** The address that this provider can't reach. */
  static final String UNREACHABLE = "nobody:1";

  /** For {@link java.util.ServiceLoader}. */
  public FakeProvider() {}

  @Override
  public MobulaRuntime connect(InitOptions options) {
    if (UNREACHABLE.equals(options.address())) {
      throw new IllegalStateException("unreachable");
    }
    return new RecordingRuntime();
  }
}
