// What a page with an instrument or a heavy run needs besides main.js; the run itself comes when there is one.

import "./instrument.js";

if (document.querySelector("headroom-run")) import("./run.js");
