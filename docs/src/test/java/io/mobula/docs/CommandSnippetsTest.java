package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

final class CommandSnippetsTest {
  @Test
  void shouldParseWhenALineCallsACommand() {
    List<String> problems = new ArrayList<>();
    for (CodeBlock block : blocks("bash")) {
      for (String line : block.text().lines().toList()) {
        CommandLines.problem(line)
            .ifPresent(problem -> problems.add(block.place() + ": " + line + ": " + problem));
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void shouldBeReportedWhenALineIsWrong() {
    assertThat(CommandLines.problem("mobula start --had")).isPresent();
    assertThat(CommandLines.problem("mobula begin")).isPresent();
    assertThat(CommandLines.problem("A=b mobula status --adress x:1")).isPresent();
    assertThat(CommandLines.problem("mvn verfy")).isPresent();
    assertThat(CommandLines.problem("rm -r x")).isPresent();
    assertThat(CommandLines.problem("mobula status --json")).isEmpty();
  }

  @Test
  void shouldNameAnArtifactOfThisBuildWhenABlockIsADependency() throws Exception {
    Element project = parse(Files.readString(Page.REPOSITORY.resolve("pom.xml")));
    List<CodeBlock> blocks = blocks("xml");
    assertThat(blocks).isNotEmpty();
    for (CodeBlock block : blocks) {
      Element dependency = parse(block.text());
      assertThat(dependency.getTagName()).as(block.place()).isEqualTo("dependency");
      assertThat(childText(dependency, "groupId")).isEqualTo(childText(project, "groupId"));
      assertThat(childText(dependency, "version")).isEqualTo(childText(project, "version"));
      assertThat(childText(dependency, "artifactId"))
          .as(block.place())
          .isIn(artifactOf("bundle"), artifactOf("arrow"));
    }
  }

  private static String artifactOf(String module) throws Exception {
    Path pom = Page.REPOSITORY.resolve(module).resolve("pom.xml");
    return childText(parse(Files.readString(pom)), "artifactId");
  }

  private static List<CodeBlock> blocks(String language) {
    return Page.all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(block -> block.is(language))
        .toList();
  }

  private static Element parse(String xml)
      throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)))
        .getDocumentElement();
  }

  private static String childText(Element parent, String name) {
    for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return element.getTextContent().strip();
      }
    }
    throw new AssertionError("missing: element=" + name + ", in=" + parent.getTagName());
  }
}
