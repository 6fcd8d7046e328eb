package io.mobula.worker.object;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

  private Registration registration = Registration.NONE;
  private boolean isAwaited;
  private boolean isFetching;
  private final Borrowers borrowers = new Borrowers();
  private final List<ObjectEntry> contained = new ArrayList<>(0);
  private final Set<Long> locations = new LinkedHashSet<>(0);
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

  /** Run once the registration is confirmed or has failed. */
  public List<Runnable> registrationListeners() {
    return registrationListeners;
  }
}
