package io.mobula.raylet.objects;

/** A process of this node that uses its store, as the raylet's loop sees it. */
public interface ObjectClient {

  /** The process's address. */
  long address();

  /**
   * Whether it maps the node's store file; if not, objects travel to and from it as {@link
   * io.mobula.proto.ObjectPiece}s.
   */
  boolean sharesMemory();

  /** Whether its link wants no more bulk data until {@link ObjectService#onWritable}. */
  boolean isCongested();
}
