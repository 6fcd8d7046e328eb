import io.mobula.shaded.org.apache.fory.Fory;
import java.util.List;

/**
 * A record through Fory, with generated serializers: its compiler names Fory's own classes in
 * source text.
 */
final class RelocatedFory {
  public record Point(int x, long y, List<String> names) {}

  public static void main(String[] args) {
    Fory fory =
        Fory.builder().withXlang(false).requireClassRegistration(false).withCodegen(true).build();
    Object copy = fory.deserialize(fory.serialize(new Point(1, 2, List.of("a", "b"))));
    String serializer =
        fory.getTypeResolver().getSerializer(Point.class).getClass().getSimpleName();
    System.out.println(copy + " jit " + serializer.contains("Codec"));
  }
}
