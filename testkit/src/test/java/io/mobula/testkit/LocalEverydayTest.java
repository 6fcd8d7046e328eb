package io.mobula.testkit;

import io.mobula.api.Mobula;

/** The contract on threads of this process. */
final class LocalEverydayTest extends EverydayContract {
  LocalEverydayTest() {
    super(Mobula.init(o -> o.local(true).numCpus(2).objectStoreBytes(64L << 20)));
  }
}
