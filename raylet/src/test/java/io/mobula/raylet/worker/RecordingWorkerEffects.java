package io.mobula.raylet.worker;

import io.mobula.proto.FailureKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Records the effects of a pool as text, and which processes exist. */
final class RecordingWorkerEffects implements WorkerEffects {
  final List<String> log = new ArrayList<>();
  final Map<Integer, WorkerStart> launched = new LinkedHashMap<>();
  final Map<Long, Integer> placed = new LinkedHashMap<>();
  final Map<Long, String> failed = new LinkedHashMap<>();
  final List<WorkerDeath> deaths = new ArrayList<>();
  final Deque<Integer> preparing = new ArrayDeque<>();
  final Map<Integer, Long> questions = new LinkedHashMap<>();
  final Set<Integer> killed = new LinkedHashSet<>();

  @Override
  public void prepareClassPath(int job) {
    preparing.add(job);
    log.add("prepare " + job);
  }

  @Override
  public void launch(WorkerStart start) {
    launched.put(start.number(), start);
    log.add("launch " + start.number() + " " + start.kind());
  }

  /** How large the heap of a worker that was launched may become. */
  long heapOf(int number) {
    return Objects.requireNonNull(launched.get(number)).heapBytes();
  }

  @Override
  public void askToRetire(int number, long question) {
    questions.put(number, question);
    log.add("may go? " + number);
  }

  @Override
  public void terminate(int number) {
    log.add("terminate " + number);
  }

  @Override
  public void kill(int number) {
    killed.add(number);
    log.add("kill " + number);
  }

  @Override
  public void slotReady(long lease, int worker) {
    placed.put(lease, worker);
    log.add("ready " + lease + " in " + worker);
  }

  @Override
  public void slotFailed(long lease, FailureKind kind, String message) {
    failed.put(lease, kind + ": " + message);
    log.add("failed " + lease);
  }

  @Override
  public void died(WorkerDeath death) {
    deaths.add(death);
    log.add("died " + death.number());
  }

  List<String> take() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }
}
