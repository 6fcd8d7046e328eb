package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;

/** The store's opaque keys: owner, then sequence. */
final class StoreKeys {

  private StoreKeys() {}

  static io.mobula.store.StoreKey of(ObjectKey key) {
    return new io.mobula.store.StoreKey(key.owner(), key.sequence());
  }

  static ObjectKey from(io.mobula.store.StoreKey key) {
    return new ObjectKey(key.high(), key.low());
  }
}
