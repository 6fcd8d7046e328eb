package io.mobula.examples;

import io.mobula.api.Arg;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import java.util.List;

/**
 * The same as plain method calls: the annotation processor writes {@code PricesRemote} for the
 * tasks of this class and {@code Prices_BasketRemote} for the actor in it. Each method has one
 * overload for plain values and one for any mix of values and refs.
 */
public final class Prices {
  private Prices() {}

  /**
   * An item for sale.
   *
   * @param name what it is
   * @param cents what it costs
   */
  record Item(String name, int cents) {}

  @Remote
  static Item find(String name) {
    return new Item(name, 100 * name.length());
  }

  @Remote
  static Item discount(Item item, int percent) {
    return new Item(item.name(), item.cents() * (100 - percent) / 100);
  }

  /** An actor. */
  @Remote
  static final class Basket {
    private final String owner;
    private int totalCents;

    Basket(String owner) {
      this.owner = owner;
    }

    int add(Item item) {
      totalCents += item.cents();
      return totalCents;
    }

    String bill() {
      return owner + " pays " + totalCents + " cents";
    }
  }

  /**
   * Prints a bill.
   *
   * @param args none
   */
  public static void main(String[] args) {
    try (var _ = Mobula.init()) {
      Prices_BasketRemote basket = Prices_BasketRemote.create("Ada");
      for (String name : List.of("tea", "kettle", "cup")) {
        ObjectRef<Item> item = PricesRemote.find(name);
        ObjectRef<Item> reduced = PricesRemote.discount(item, Arg.of(10));
        basket.add(reduced);
      }
      System.out.println(basket.bill().get());
    }
  }
}
