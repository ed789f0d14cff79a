// Cards to put in order or into bins work as fields of a form; by hand as well once a page shows some.

import { whenNear } from "./near.js";

const CARDS = "headroom-order, headroom-bins";
const fetchArranging = () => import("./arranging.js");

whenNear(CARDS, fetchArranging);
document.addEventListener("htmx:load", ({ target }) => target !== document.body && target.querySelector(CARDS) && fetchArranging());
