package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
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
  void shouldNameAnArtifactOfThisBuildWhenABlockIsForMaven() throws Exception {
    List<String> named = new ArrayList<>();
    for (CodeBlock block : blocks("xml")) {
      Element root = parse(block.text());
      NodeList artifacts = root.getElementsByTagName("artifactId");
      assertThat(artifacts.getLength()).as(block.place()).isPositive();
      for (int i = 0; i < artifacts.getLength(); i++) {
        Element dependency = (Element) artifacts.item(i).getParentNode();
        assertThat(dependency.getTagName()).as(block.place()).isIn("dependency", "path");
        named.add(
            childText(dependency, "groupId")
                + ":"
                + childText(dependency, "artifactId")
                + ":"
                + childText(dependency, "version"));
      }
    }
    assertThat(named).contains(coordinatesOf("bundle"), coordinatesOf("annotation-processor"));
    assertThat(named).allMatch(published()::contains);
  }

  @Test
  void shouldNameAnArtifactOfThisBuildWhenABlockIsForGradle() throws Exception {
    List<CodeBlock> blocks = blocks("groovy");
    assertThat(blocks).isNotEmpty();
    for (CodeBlock block : blocks) {
      Matcher coordinates = Pattern.compile("'([^':]+:[^':]+:[^':]+)'").matcher(block.text());
      assertThat(coordinates.results().map(found -> found.group(1)))
          .as(block.place())
          .isNotEmpty()
          .allMatch(published()::contains);
    }
  }

  private static List<String> published() throws Exception {
    return List.of(
        coordinatesOf("bundle"), coordinatesOf("arrow"), coordinatesOf("annotation-processor"));
  }

  private static String coordinatesOf(String module) throws Exception {
    Element project = parse(Files.readString(Page.REPOSITORY.resolve("pom.xml")));
    return childText(project, "groupId")
        + ":"
        + artifactOf(module)
        + ":"
        + childText(project, "version");
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
