package io.mobula.store.hold;

/** Is told of each step of a read, on the reading thread; does nothing outside of tests. */
interface ReadProbe {

  ReadProbe NONE = step -> {};

  void reached(ReadStep step);
}
