package io.mobula.api;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An amount of a custom resource, in {@link Remote#resources}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Resource {
  /**
   * The resource's name, as nodes were started with.
   *
   * @return the name
   */
  String name();

  /**
   * How much of it is taken; may be fractional below one.
   *
   * @return the amount
   */
  double amount();
}
