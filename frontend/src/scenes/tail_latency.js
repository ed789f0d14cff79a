// Fan-out: the calls of a page as lanes, of which the slowest decides, and what that makes of a hundred pages.

import { dotScene } from "../dots.js";

export const mount = (host, context) => dotScene(host, { ...context, lanes: true });
