/// The event loop and its parts: what schedulers are assembled from.
///
/// [dev.treadle.core.CoreEventLoop] is a loop; the five ports it is assembled from are
/// [dev.treadle.core.Clock], [dev.treadle.core.ReadyQueue], [dev.treadle.core.Poller],
/// [dev.treadle.core.Carriers] and [dev.treadle.core.Offload]. `docs/concurrency.md` tells which
/// thread touches what.
@NullMarked
package dev.treadle.core;

import org.jspecify.annotations.NullMarked;
