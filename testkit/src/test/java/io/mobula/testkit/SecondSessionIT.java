package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.SessionClosedException;
import io.mobula.api.Task1;
import io.mobula.testkit.programs.Account;
import io.mobula.testkit.programs.Sums;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What a program keeps from one session to the next: constants go on working, refs and handles are
 * refused whichever way they come, and touch nothing of the new session.
 */
final class SecondSessionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private record Holder(ObjectRef<Integer> ref) {}

  @Test
  void shouldRunTheFunctionThatAConstantNamesWhenItIsUsedInLaterSessions() {
    try (Session first = open()) {
      assertThat(first).isNotNull();
      // In this session the constants' functions get their numbers in this order ...
      assertThat(Sums.INC.remote(1).get(PATIENCE)).isEqualTo(2);
      assertThat(Sums.DEC.remote(1).get(PATIENCE)).isEqualTo(0);
    }
    try (Session second = open()) {
      assertThat(second).isNotNull();
      // ... and in this one in another.
      assertThat(Sums.DEC.remote(1).get(PATIENCE)).isEqualTo(0);
      assertThat(Sums.INC.remote(1).get(PATIENCE)).isEqualTo(2);
      assertThat(Sums.DEC.remote(Sums.INC.remote(7)).get(PATIENCE)).isEqualTo(7);
    }
  }

  @Test
  void shouldRefuseRefsOfAClosedSessionWhicheverWayTheyCome() {
    ObjectRef<Integer> old;
    ObjectRef<Integer> oldPut;
    try (Session first = open()) {
      assertThat(first).isNotNull();
      old = Sums.INC.remote(1);
      oldPut = Mobula.put(40);
      assertThat(old.get(PATIENCE)).isEqualTo(2);
    }
    refused(old::get);
    refused(() -> old.get(PATIENCE));
    refused(() -> outcome(old.toFuture()));
    refused(() -> {
      old.free();
      return null;
    });
    try (Session second = open()) {
      assertThat(second).isNotNull();
      ObjectRef<Integer> fresh = Sums.INC.remote(100);
      ObjectRef<Integer> freshPut = Mobula.put(400);
      assertThat(List.of(fresh.id(), freshPut.id()))
          .as("ids repeat, or this test shows nothing")
          .isEqualTo(List.of(old.id(), oldPut.id()));
      for (ObjectRef<Integer> stale : List.of(old, oldPut)) {
        refused(stale::get);
        refused(() -> outcome(stale.toFuture()));
        refused(() -> {
          stale.free();
          return null;
        });
        refused(() -> Mobula.get(List.of(fresh, stale)));
        refused(() -> Mobula.wait(List.of(stale), 1, PATIENCE));
        refused(() -> Sums.INC.remote(stale));
        refused(() -> Sums.SIZE.remote(List.of(stale)));
        refused(() -> Mobula.put(new Holder(stale)));
        refused(() -> Mobula.actor(Account::new).remote(stale));
      }
      assertThat(fresh).isNotEqualTo(old);
      assertThat(freshPut).isNotEqualTo(oldPut);
      assertThat(fresh.get(PATIENCE)).isEqualTo(101);
      assertThat(freshPut.get(PATIENCE)).isEqualTo(400);
    }
  }

  @Test
  void shouldRefuseHandlesOfAClosedSessionAndTouchNoActorOfTheNewOne() {
    ActorHandle<Account> old;
    Task1<Integer, Integer> kept = Sums.INC;
    try (Session first = open()) {
      assertThat(first).isNotNull();
      old = Mobula.actor(Account::new).remote(1_000);
      assertThat(old.call(Account::withdraw, 1).get(PATIENCE)).isEqualTo(999);
    }
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> old.call(Account::withdraw, 500))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INITIALIZED));
    refused(() -> {
      old.kill();
      return null;
    });
    try (Session second = open()) {
      assertThat(second).isNotNull();
      ActorHandle<Account> fresh =
          Mobula.actor(Account::new).options(o -> o.name("fresh")).remote(1_000);
      assertThat(fresh.call(Account::withdraw, 1).get(PATIENCE)).isEqualTo(999);
      assertThat(fresh.id()).as("ids repeat, or this test shows nothing").isEqualTo(old.id());
      refused(() -> old.call(Account::withdraw, 500));
      refused(() -> old.method(Account::withdraw).options(o -> o.name("late")).remote(500));
      refused(() -> {
        old.kill();
        return null;
      });
      refused(() -> Sums.SIZE.remote(List.of(old)));
      assertThat(fresh).isNotEqualTo(old);
      assertThat(kept.remote(1).get(PATIENCE)).isEqualTo(2);
      Optional<ActorHandle<Account>> found = Mobula.getActor("fresh");
      assertThat(found.orElseThrow()).isEqualTo(fresh);
      assertThat(fresh.call(Account::withdraw, 1).get(PATIENCE)).isEqualTo(998);
    }
  }

  private static Session open() {
    return Mobula.init(o -> o.numCpus(2));
  }

  /** What a future fails with, as if the call had thrown it. */
  private static <T> T outcome(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void refused(Callable<?> use) {
    assertThatExceptionOfType(SessionClosedException.class)
        .isThrownBy(use::call)
        .withMessageContaining("session");
  }
}
