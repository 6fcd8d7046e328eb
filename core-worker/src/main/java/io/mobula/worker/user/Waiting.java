package io.mobula.worker.user;

import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.OpenWaits;
import io.mobula.worker.loop.Rendezvous;

/**
 * How user threads wait for what the loop has or brings: all of them here, so that each wait ends
 * when the loop's part in the cluster does ({@link OpenWaits}), and frees the CPU of the task that
 * waits ({@link TaskWaits}). Thread-safe.
 */
public final class Waiting {
  /** What is answered sooner is not worth telling the raylet that a task waits. */
  private static final long BRIEF_NANOS = 10_000_000;

  private final Mail mail;
  private final OpenWaits open;
  private final TaskWaits tasks;

  public Waiting(Mail mail, OpenWaits open) {
    this(mail, open, new TaskWaits(mail));
  }

  Waiting(Mail mail, OpenWaits open, TaskWaits tasks) {
    this.mail = mail;
    this.open = open;
    this.tasks = tasks;
  }

  Mail mail() {
    return mail;
  }

  OpenWaits open() {
    return open;
  }

  TaskWaits tasks() {
    return tasks;
  }

  /**
   * Asks the loop and waits for the answer.
   *
   * @param message has the answer's place in it
   * @throws io.mobula.api.MobulaException if none will come
   */
  public <T> T ask(CoreMessage message, Rendezvous<T> answer) throws InterruptedException {
    mail.post(message);
    return await(answer);
  }

  /**
   * Waits for an answer that the loop has been asked for.
   *
   * @throws io.mobula.api.MobulaException if none will come
   */
  <T> T await(Rendezvous<T> answer) throws InterruptedException {
    open.add(answer);
    try {
      T soon = answer.await(BRIEF_NANOS);
      if (soon == null) {
        tasks.whileWaiting(answer::await);
      }
      return soon == null ? answer.await() : soon;
    } finally {
      open.remove(answer);
    }
  }

  /** As {@link #await}, whatever interrupts come meanwhile; they are set again afterwards. */
  <T> T awaitToTheEnd(Rendezvous<T> answer) {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return await(answer);
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits for something that the loop has been asked for.
   *
   * @param wait told if it will not come
   * @param body does the waiting
   */
  void during(OpenWaits.Wait wait, TaskWaits.InterruptibleWait body) throws InterruptedException {
    open.add(wait);
    try {
      tasks.whileWaiting(body);
    } finally {
      open.remove(wait);
    }
  }
}
