package io.mobula.testkit;

import io.mobula.api.Mobula;

/** The contract with worker processes. */
final class EmbeddedEverydayIT extends EverydayContract {
  EmbeddedEverydayIT() {
    super(Mobula.init(o -> o.numCpus(2).objectStoreBytes(64L << 20)));
  }
}
