// What a page with an instrument or a heavy run needs besides main.js. What the server rendered of a run works without script.

import "./instrument.js";
import { whenNear } from "./near.js";

whenNear("headroom-run", () => import("./run.js"));
