package io.mobula.testkit.programs;

import io.mobula.api.Remote;

/** An actor whose calls must not reach another one. */
@Remote
public final class Account {
  private int balance;

  public Account(int balance) {
    this.balance = balance;
  }

  /** What is left. */
  public int withdraw(int amount) {
    balance -= amount;
    return balance;
  }
}
