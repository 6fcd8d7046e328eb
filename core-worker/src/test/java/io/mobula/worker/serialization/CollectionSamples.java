package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.Sample.alike;
import static io.mobula.worker.serialization.Sample.equal;
import static io.mobula.worker.serialization.Sample.equalOnly;
import static io.mobula.worker.serialization.Sample.such;

import io.mobula.worker.serialization.UserTypes.Color;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.stream.Stream;

/** Rows for collections and maps. */
@SuppressWarnings("JdkObsolete") // Sent by users all the same.
final class CollectionSamples {
  private static final List<String> ABC = List.of("a", "b", "c");
  private static final Map<String, Integer> ONE_TWO = Map.of("one", 1, "two", 2);

  private CollectionSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    lists(samples);
    sets(samples);
    maps(samples);
    wrappers(samples);
    queues(samples);
    views(samples);
    return samples;
  }

  private static void lists(List<Sample> to) {
    to.add(equal("ArrayList", new ArrayList<>(Arrays.asList(1, null, "x"))));
    to.add(equal("LinkedList", new LinkedList<>(ABC)));
    to.add(equal("Vector", new Vector<>(ABC)));
    Stack<String> stack = new Stack<>();
    stack.addAll(ABC);
    to.add(equal("Stack", stack));
    to.add(equal("CopyOnWriteArrayList", new CopyOnWriteArrayList<>(ABC)));
    to.add(equal("List.of 0", List.of()));
    to.add(equal("List.of 1", List.of("a")));
    to.add(equal("List.of 2", List.of("a", "b")));
    to.add(equal("List.of 3", ABC));
    to.add(equal("Stream.toList with null", Stream.of("a", null).toList()));
    to.add(equal("Arrays.asList", Arrays.asList("a", null)));
    to.add(equalOnly("List.of(…).subList", ABC.subList(1, 3)));
  }

  private static void sets(List<Sample> to) {
    to.add(equal("HashSet", new HashSet<>(Arrays.asList("a", null))));
    to.add(alike("LinkedHashSet", new LinkedHashSet<>(List.of(3, 1, 2)), List::copyOf));
    to.add(equal("TreeSet", new TreeSet<>(ABC)));
    to.add(alike("TreeSet with comparator", reversed(), List::copyOf));
    to.add(equal("Set.of 0", Set.of()));
    to.add(equal("Set.of 1", Set.of("a")));
    to.add(equal("Set.of 3", Set.of("a", "b", "c")));
    to.add(equal("EnumSet", EnumSet.of(Color.GREEN)));
    to.add(equal("EnumSet.noneOf", EnumSet.noneOf(Color.class)));
    to.add(equal("CopyOnWriteArraySet", new CopyOnWriteArraySet<>(ABC)));
    to.add(equal("ConcurrentSkipListSet", new ConcurrentSkipListSet<>(ABC)));
    Set<String> concurrent = ConcurrentHashMap.newKeySet();
    concurrent.addAll(ABC);
    to.add(equal("ConcurrentHashMap.newKeySet", concurrent));
    to.add(equal("Collections.newSetFromMap", Collections.newSetFromMap(new HashMap<>())));
    BitSet bits = new BitSet();
    bits.set(3, 200);
    to.add(equal("BitSet", bits));
  }

  @SuppressWarnings("NonApiType") // The class is what is sent.
  private static TreeSet<String> reversed() {
    TreeSet<String> set = new TreeSet<>(Comparator.reverseOrder());
    set.addAll(ABC);
    return set;
  }

  private static void maps(List<Sample> to) {
    Map<Object, Object> withNulls = new HashMap<>();
    withNulls.put(null, 1);
    withNulls.put("x", null);
    to.add(equal("HashMap", withNulls));
    to.add(alike("LinkedHashMap", new LinkedHashMap<>(new TreeMap<>(ONE_TWO)), m -> m.toString()));
    LinkedHashMap<String, Integer> byAccess = new LinkedHashMap<>(16, 0.75f, true);
    byAccess.putAll(new TreeMap<>(ONE_TWO));
    to.add(
        such(
            "LinkedHashMap in access order",
            byAccess,
            m -> {
              m.get("one");
              return m.lastEntry().getKey().equals("one");
            }));
    to.add(equal("TreeMap", new TreeMap<>(ONE_TWO)));
    SortedMap<String, Integer> byLength =
        new TreeMap<>(
            Comparator.comparing(
                    (java.util.function.Function<String, Integer> & java.io.Serializable)
                        String::length)
                .thenComparing(Comparator.naturalOrder()));
    byLength.putAll(Map.of("ccc", 1, "b", 2));
    to.add(alike("TreeMap with comparators", byLength, m -> m.toString()));
    to.add(equal("Hashtable", new Hashtable<>(ONE_TWO)));
    Properties properties = new Properties(new Properties());
    properties.setProperty("k", "v");
    to.add(equal("Properties", properties));
    to.add(equal("ConcurrentHashMap", new ConcurrentHashMap<>(ONE_TWO)));
    to.add(equal("ConcurrentSkipListMap", new ConcurrentSkipListMap<>(ONE_TWO)));
    EnumMap<Color, String> byColor = new EnumMap<>(Map.of(Color.RED, "r"));
    to.add(equal("EnumMap", byColor));
    IdentityHashMap<Object, Object> byIdentity = new IdentityHashMap<>();
    byIdentity.put(new String("k"), 1);
    byIdentity.put(new String("k"), 2);
    to.add(such("IdentityHashMap", byIdentity, m -> m.size() == 2));
    to.add(equal("WeakHashMap", new WeakHashMap<>(ONE_TWO)));
    to.add(equal("Map.of 0", Map.of()));
    to.add(equal("Map.of 1", Map.of("a", 1)));
    to.add(equal("Map.of 2", ONE_TWO));
    to.add(equal("Map.entry", Map.entry("a", 1)));
    to.add(equal("SimpleEntry", new java.util.AbstractMap.SimpleEntry<>("a", 1)));
    to.add(equalOnly("HashMap entry", new HashMap<>(ONE_TWO).entrySet().iterator().next()));
  }

  private static void wrappers(List<Sample> to) {
    List<Integer> list = new ArrayList<>(List.of(1));
    Map<String, Integer> map = new TreeMap<>(ONE_TWO);
    to.add(equal("unmodifiableList", Collections.unmodifiableList(list)));
    to.add(equal("unmodifiableSet", Collections.unmodifiableSet(new HashSet<>(list))));
    to.add(equal("unmodifiableMap", Collections.unmodifiableMap(map)));
    to.add(
        alike(
            "unmodifiableCollection",
            Collections.unmodifiableCollection((Collection<Integer>) list),
            List::copyOf));
    to.add(equal("synchronizedList", Collections.synchronizedList(list)));
    to.add(equal("synchronizedMap", Collections.synchronizedMap(map)));
    to.add(equal("checkedList", Collections.checkedList(list, Integer.class)));
    to.add(equal("emptyList", Collections.emptyList()));
    to.add(equal("emptySet", Collections.emptySet()));
    to.add(equal("emptyMap", Collections.emptyMap()));
    to.add(equal("singletonList", Collections.singletonList("x")));
    to.add(equal("singleton", Collections.singleton("x")));
    to.add(equal("singletonMap", Collections.singletonMap("x", 1)));
    to.add(equal("nCopies", Collections.nCopies(3, "x")));
    to.add(equal("reverseOrder", Collections.reverseOrder()));
    to.add(equal("naturalOrder", Comparator.naturalOrder()));
  }

  private static void queues(List<Sample> to) {
    to.add(alike("ArrayDeque", new ArrayDeque<>(ABC), List::copyOf));
    PriorityQueue<String> priority = new PriorityQueue<>(Comparator.reverseOrder());
    priority.addAll(ABC);
    to.add(such("PriorityQueue", priority, q -> "cba".equals(q.poll() + q.poll() + q.poll())));
    to.add(alike("ConcurrentLinkedQueue", new ConcurrentLinkedQueue<>(ABC), List::copyOf));
    to.add(alike("ConcurrentLinkedDeque", new ConcurrentLinkedDeque<>(ABC), List::copyOf));
    to.add(alike("ArrayBlockingQueue", new ArrayBlockingQueue<>(9, true, ABC), List::copyOf));
    to.add(alike("LinkedBlockingQueue", new LinkedBlockingQueue<>(ABC), List::copyOf));
    to.add(alike("LinkedBlockingDeque", new LinkedBlockingDeque<>(ABC), List::copyOf));
    to.add(alike("LinkedTransferQueue", new LinkedTransferQueue<>(ABC), List::copyOf));
    to.add(such("PriorityBlockingQueue", new PriorityBlockingQueue<>(ABC), q -> q.size() == 3));
  }

  private static void views(List<Sample> to) {
    Map<String, Integer> linked = new LinkedHashMap<>(ONE_TWO);
    to.add(equalOnly("HashMap.keySet", linked.keySet()));
    to.add(such("HashMap.values", linked.values(), v -> v.containsAll(List.of(1, 2))));
    to.add(equalOnly("HashMap.entrySet", linked.entrySet()));
    to.add(equalOnly("ArrayList.subList", new ArrayList<>(ABC).subList(0, 2)));
    to.add(equalOnly("ArrayList.reversed", new ArrayList<>(ABC).reversed()));
    to.add(equalOnly("TreeMap.headMap", new TreeMap<>(ONE_TWO).headMap("p")));
    to.add(equalOnly("TreeMap.descendingMap", new TreeMap<>(ONE_TWO).descendingMap()));
    to.add(equalOnly("TreeMap.navigableKeySet", new TreeMap<>(ONE_TWO).navigableKeySet()));
    to.add(equalOnly("TreeSet.headSet", new TreeSet<>(ABC).headSet("b")));
  }
}
