package io.mobula.api;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The options of a call to an actor.
 *
 * @param name the call's name in logs and listings; null for the method's
 */
public record CallOptions(@Nullable String name) implements Serializable {
  /** Nothing set. */
  public static final CallOptions NONE = new CallOptions(null);

  /** Checks. */
  public CallOptions {
    if (name != null) {
      OptionChecks.name("name", name);
    }
  }

  /**
   * Sets options of a call, in {@code method(C::m).options(o -> o.name("m"))}. Used by one thread.
   */
  public static final class Builder {
    private @Nullable String name;

    Builder(CallOptions start) {
      name = start.name();
    }

    /**
     * The call's name in logs and listings. Default the method's name.
     *
     * @param name a name that is not empty
     * @return this builder
     */
    public Builder name(String name) {
      this.name = OptionChecks.name("name", name);
      return this;
    }

    CallOptions build() {
      return new CallOptions(name);
    }
  }
}
