/// The demo: a concurrent crawler on one event loop, with a site of its own to crawl.
///
/// `CrawlerMain` reads the arguments, `Crawler` holds the coroutines, `Fetcher` asks for one page,
/// the rest is bookkeeping.
@NullMarked
package dev.treadle.examples.crawler;

import org.jspecify.annotations.NullMarked;
