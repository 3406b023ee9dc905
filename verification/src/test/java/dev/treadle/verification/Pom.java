package dev.treadle.verification;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// A project file, read as it stands: nothing is inherited and no property resolved.
///
/// @param document its text
record Pom(Document document) {

    static Pom read(Path file) {
        try {
            return new Pom(
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()));
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    /// {@return the text of the only element there; empty if there is none}
    ///
    /// @param path an XPath, without namespaces
    String text(String path) {
        List<String> found = texts(path);
        if (found.size() > 1) {
            throw new IllegalStateException("several elements at " + path + ": " + found);
        }
        return found.isEmpty() ? "" : found.get(0);
    }

    /// {@return the texts of all elements there, in the order of the file}
    ///
    /// @param path an XPath, without namespaces
    List<String> texts(String path) {
        try {
            NodeList nodes =
                    (NodeList)
                            XPathFactory.newInstance()
                                    .newXPath()
                                    .evaluate(path, document, XPathConstants.NODESET);
            return IntStream.range(0, nodes.getLength())
                    .mapToObj(i -> nodes.item(i).getTextContent().strip())
                    .toList();
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
