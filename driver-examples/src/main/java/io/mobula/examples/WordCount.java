package io.mobula.examples;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An actor keeps a running count that tasks add to: each task counts the words of a line and tells
 * the actor, whose handle it was given.
 */
public final class WordCount {
  private static final List<String> LINES =
      List.of(
          "the moon jelly drifts with the current",
          "the current turns and the moon rises",
          "a jelly has no brain and no hurry");

  private WordCount() {}

  /** The state: one object in a process of its own; calls run one after the other. */
  @Remote
  static final class Counts {
    private final Map<String, Integer> words = new TreeMap<>();

    int add(Map<String, Integer> more) {
      more.forEach((word, count) -> words.merge(word, count, Integer::sum));
      return words.size();
    }

    Map<String, Integer> atLeast(int count) {
      Map<String, Integer> frequent = new TreeMap<>(words);
      frequent.values().removeIf(times -> times < count);
      return frequent;
    }
  }

  /** Waits for the actor, so that whoever waits for the task knows that its words are counted. */
  @Remote
  static int count(String line, ActorHandle<Counts> counts) {
    Map<String, Integer> words = new TreeMap<>();
    for (String word : line.split(" ", -1)) {
      words.merge(word, 1, Integer::sum);
    }
    return counts.call(Counts::add, words).get();
  }

  /**
   * Prints the words that appear more than once.
   *
   * @param args none
   */
  public static void main(String[] args) {
    try (var _ = Mobula.init()) {
      ActorHandle<Counts> counts = Mobula.actor(Counts::new).remote();
      var count = Mobula.task(WordCount::count);
      List<ObjectRef<Integer>> done =
          LINES.stream().map(line -> count.remote(line, counts)).toList();
      Mobula.get(done);
      System.out.println(counts.call(Counts::atLeast, 2).get());
    }
  }
}
