package io.mobula.worker.object;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the loop knows of an object's lifetime beyond this process. Owner thread: the core worker's
 * loop; plain fields.
 */
public final class Ownership {
  /** How far a borrowed object's registration with its owner has come. */
  public enum Registration {
    /** This process owns it, or nobody asked yet. */
    NONE,
    /** AddBorrower is on its way. */
    SENT,
    /** The owner counts us. */
    CONFIRMED
  }

  /** How an owned object came to be, which decides whether it can be made again. */
  public enum Origin {
    /** The program put it, or it is a large argument. */
    PUT,
    /** A task returned it. */
    TASK,
    /** A task returned it that must not run twice. */
    TASK_ONCE,
    /** An actor's method returned it. */
    ACTOR_CALL
  }

  private Registration registration = Registration.NONE;
  private Origin origin = Origin.PUT;
  private boolean isRemade;
  private boolean isAwaited;
  private boolean isFetching;
  private final Borrowers borrowers = new Borrowers();
  private int argumentUses;
  private int lineageUses;
  private @Nullable String taskName;
  private @Nullable String callSite;
  private final List<ObjectEntry> contained = new ArrayList<>(0);
  private final Set<Long> locations = new LinkedHashSet<>(0);
  private final Set<Long> doubtfulLocations = new LinkedHashSet<>(0);
  private final List<Runnable> registrationListeners = new ArrayList<>(0);

  Ownership() {}

  public Registration registration() {
    return registration;
  }

  public void setRegistration(Registration next) {
    registration = next;
  }

  /** Whether the owner was asked for the value. */
  public boolean isAwaited() {
    return isAwaited;
  }

  public void setAwaited() {
    isAwaited = true;
  }

  /** Whether the raylet was asked to bring the bytes to this node. */
  public boolean isFetching() {
    return isFetching;
  }

  public void setFetching(boolean fetching) {
    isFetching = fetching;
  }

  /** Pending tasks, calls and living actors that have the object as argument, or inside one. */
  public int argumentUses() {
    return argumentUses;
  }

  /** One more of these, or one less. */
  public void addArgumentUses(int change) {
    argumentUses += change;
  }

  /** Kept tasks that retain the object to be able to run again. */
  public int lineageUses() {
    return lineageUses;
  }

  /** One more of these, or one less. */
  public void addLineageUses(int change) {
    lineageUses += change;
  }

  /**
   * Where an owned object is from, for people. Set once, by the thread that makes the entry, before
   * others see it.
   *
   * @param task the name of the task that makes it; null if it was put
   * @param site the line of user code that made it; null if it was not noted
   */
  public void setMaker(@Nullable String task, @Nullable String site) {
    taskName = task;
    callSite = site;
  }

  /** The name of the task that makes the object; null if it was put, or is another's. */
  public @Nullable String taskName() {
    return taskName;
  }

  /** The line of user code that made the object; null if it was not noted, or is another's. */
  public @Nullable String callSite() {
    return callSite;
  }

  /** Owned objects: the processes that refer to it; each is one retain. */
  public Borrowers borrowers() {
    return borrowers;
  }

  /** The objects whose references are inside this object's value; each is retained once. */
  public List<ObjectEntry> contained() {
    return contained;
  }

  /** Owned, stored objects: the raylets that hold a copy. */
  public Set<Long> locations() {
    return locations;
  }

  /**
   * Owned objects: raylets that nobody is sent to, but which may hold a copy: somebody could not
   * get it there, or it is another attempt's. It is freed with the others.
   */
  public Set<Long> doubtfulLocations() {
    return doubtfulLocations;
  }

  public Origin origin() {
    return origin;
  }

  public void setOrigin(Origin found) {
    origin = found;
  }

  /** Owned, stored objects: whether all copies were lost and the task runs again. */
  public boolean isRemade() {
    return isRemade;
  }

  public void setRemade(boolean remade) {
    isRemade = remade;
  }

  /** Run once the registration is confirmed or has failed. */
  public List<Runnable> registrationListeners() {
    return registrationListeners;
  }
}
