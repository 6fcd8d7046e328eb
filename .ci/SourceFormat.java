import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Runs google-java-format over every Java source of the repository: {@code SourceFormat check
 * <root>} names the files that differ and fails, {@code SourceFormat apply <root>} rewrites them.
 * The root pom starts it on JDK 25, because the formatter needs 21 or newer and Maven itself may
 * run on 17.
 */
final class SourceFormat {
  private static final String APPLY_COMMAND = "mvn -N -Pformat process-sources";

  private SourceFormat() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !(args[0].equals("check") || args[0].equals("apply"))) {
      System.err.println("usage: SourceFormat check|apply <repository root>");
      System.exit(2);
    }
    Path root = Path.of(args[1]).toRealPath();
    List<Path> sources = sources(root);
    int exitCode = args[0].equals("apply") ? apply(sources) : check(root, sources);
    System.exit(exitCode);
  }

  /** All .java files below the root, but for build output and hidden folders other than .ci. */
  private static List<Path> sources(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean isSkipped =
                name.equals("target")
                    || name.equals("node_modules")
                    || (name.startsWith(".") && !name.equals(".ci") && !folder.equals(root));
            return isSkipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.getFileName().toString().endsWith(".java")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }

  private static int check(Path root, List<Path> sources) throws IOException {
    StringWriter changed = new StringWriter();
    int exitCode = format(sources, new PrintWriter(changed), "--dry-run", "--set-exit-if-changed");
    if (exitCode == 0) {
      System.out.println("[format] " + sources.size() + " files are formatted");
      return 0;
    }
    List<String> names = changed.toString().lines().sorted().toList();
    if (names.isEmpty()) {
      System.out.println("[format] the formatter failed, its reason is above");
      return exitCode;
    }
    System.out.println(
        "[format] "
            + names.size()
            + " of "
            + sources.size()
            + " files are not formatted; to format them: "
            + APPLY_COMMAND);
    for (String name : names) {
      System.out.println("[format]   " + root.relativize(Path.of(name)));
    }
    return 1;
  }

  private static int apply(List<Path> sources) throws IOException {
    int exitCode = format(sources, new PrintWriter(System.out), "--replace");
    if (exitCode == 0) {
      System.out.println("[format] formatted " + sources.size() + " files");
    }
    return exitCode;
  }

  private static int format(List<Path> sources, PrintWriter out, String... flags)
      throws IOException {
    Path list = Files.createTempFile("sources", ".txt");
    try {
      Files.write(list, sources.stream().map(Path::toString).toList());
      List<String> arguments = new ArrayList<>(List.of(flags));
      arguments.add("@" + list);
      PrintWriter errors = new PrintWriter(System.err, true);
      int exitCode =
          ToolProvider.findFirst("google-java-format")
              .orElseThrow()
              .run(out, errors, arguments.toArray(String[]::new));
      out.flush();
      return exitCode;
    } finally {
      Files.delete(list);
    }
  }
}
