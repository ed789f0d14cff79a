// Cards to put in order or into bins work as fields of a form; by hand as well once a page shows some.

const CARDS = "headroom-order, headroom-bins";

document.addEventListener("htmx:load", ({ target }) => {
  if (target.querySelector(CARDS)) import("./arranging.js");
});
