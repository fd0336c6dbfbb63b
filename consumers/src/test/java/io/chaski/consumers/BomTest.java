package io.chaski.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The BOM names what the build publishes: no more, no less, and nothing else. */
class BomTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private final Element root = pom(ROOT);
    private final Element bom = pom(ROOT.resolve("chaski-bom"));

    @Test
    void it_lists_the_published_jars_at_the_version_of_the_build() {
        String version = text(root, "version");
        List<String> published = children(child(root, "modules"))
                .map(module -> pom(ROOT.resolve(module.getTextContent())))
                .filter(BomTest::isPublishedJar)
                .map(module -> "io.chaski:" + text(module, "artifactId") + ":" + version)
                .sorted()
                .toList();

        List<String> listed = children(child(child(bom, "dependencyManagement"), "dependencies"))
                .map(entry -> text(entry, "groupId") + ":" + text(entry, "artifactId") + ":" + text(entry, "version"))
                .sorted()
                .toList();

        assertThat(published).isNotEmpty();
        assertThat(listed).isEqualTo(published);
        assertThat(text(bom, "version")).isEqualTo(version);
    }

    @Test
    void it_has_no_parent_and_no_properties() {
        assertThat(children(bom).map(Node::getNodeName)).doesNotContain("parent", "properties");
    }

    private static boolean isPublishedJar(Element module) {
        boolean isJar = find(module, "packaging").isEmpty();
        boolean isKept = find(module, "properties")
                .flatMap(properties -> find(properties, "maven.deploy.skip"))
                .isPresent();
        return isJar && !isKept;
    }

    private static Element pom(Path module) {
        Path file = module.resolve("pom.xml");
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (Exception e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }

    private static String text(Element parent, String name) {
        return child(parent, name).getTextContent();
    }

    private static Element child(Element parent, String name) {
        return find(parent, name).orElseThrow(() -> new AssertionError(name + " is missing"));
    }

    private static Optional<Element> find(Element parent, String name) {
        return children(parent).filter(e -> e.getNodeName().equals(name)).findFirst();
    }

    private static Stream<Element> children(Element parent) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }
}
