package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JavaSnippetsTest {
  private static final Set<String> LANGUAGES = Set.of("java", "bash", "xml", "groovy", "text");

  @TempDir private Path folder;

  @Test
  void shouldCompileWhenABlockIsJava() throws IOException {
    List<String> errors = new ArrayList<>();
    List<Page> pages = Page.all();
    for (int i = 0; i < pages.size(); i++) {
      errors.addAll(SnippetCompiler.compile(pages.get(i), folder.resolve("page-" + i)));
    }
    assertThat(errors).isEmpty();
  }

  @Test
  void shouldHaveALanguageThatIsCheckedWhenABlockIsFenced() {
    assertThat(Page.all().stream().flatMap(page -> page.blocks().stream()))
        .allSatisfy(block -> assertThat(LANGUAGES).as(block.place()).contains(block.language()));
  }

  @Test
  void shouldNameThePlaceWhenABlockDoesNotCompile() throws IOException {
    String text = "# A page\n\n```java\nint x = 1;\nObjectRef<String> ref = Mobula.put(x);\n```\n";
    Page page = Page.parse(Path.of("broken.md"), text);
    assertThat(SnippetCompiler.compile(page, folder.resolve("broken")))
        .singleElement()
        .asString()
        .startsWith("broken.md:5: ");
  }

  @Test
  void shouldRefuseWhenTheAnnotationProcessorWould() throws IOException {
    String text =
        """
        ```java
        import io.mobula.api.Remote;

        final class Wrong {
          @Remote
          int notStatic() {
            return 1;
          }
        }
        ```
        """;
    Page page = Page.parse(Path.of("wrong.md"), text);
    assertThat(SnippetCompiler.compile(page, folder.resolve("wrong"))).isNotEmpty();
  }
}
