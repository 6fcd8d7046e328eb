package io.mobula.gcs.state;

import io.mobula.proto.ActorSpec;

/** A name within a namespace. */
record ActorName(String namespace, String name) {
  static ActorName of(ActorSpec spec) {
    return new ActorName(spec.getNamespace(), spec.getName());
  }

  boolean isAnonymous() {
    return name.isEmpty();
  }
}
