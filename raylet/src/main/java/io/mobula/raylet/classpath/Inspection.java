package io.mobula.raylet.classpath;

/** What was found of a class-path entry on this host. */
public enum Inspection {
  /** The runtime brings it already. */
  DUPLICATE,
  /** It is there under its path. */
  USABLE,
  /** It has to be fetched. */
  MISSING
}
