// What a page with an instrument or a heavy run needs besides main.js. A run's script comes once the run is about to be seen:
// most readers of a chapter never reach it, and what the server rendered works without.

import "./instrument.js";

const AHEAD = "100% 0px";

const watching = new IntersectionObserver(
  (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watching.disconnect();
    import("./run.js");
  },
  { rootMargin: AHEAD },
);
document.querySelectorAll("headroom-run").forEach((run) => watching.observe(run));
