package io.mobula.agent.link;

/** What a selection key of {@link UnixLinks} leads to. On the loop's thread. */
interface Pollable {
  void onReady(int readyOps);
}
