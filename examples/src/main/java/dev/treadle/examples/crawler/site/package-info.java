/// The web site that the demo crawls when it is given no other: a server on the loopback interface
/// and the pages it serves.
///
/// The server is plain JDK and knows nothing of Treadle. The pages are about Treadle: its documents
/// and its public types.
@NullMarked
package dev.treadle.examples.crawler.site;

import org.jspecify.annotations.NullMarked;
