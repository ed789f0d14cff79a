// What every page needs. Reading, answering and submitting work without it.

import "./cards.js";
import "./fragments.js";
import "./kept_answers.js";
import "./menus.js";
import "./notes.js";
import "./opened.js";
import "./outline.js";
import "./search_key.js";
import "./terms.js";
import "./theme.js";

if (document.querySelector(".note-link")) import("./passage_notes.js");
if (document.querySelector(".clock")) import("./sitting.js");
if (document.querySelector("table[data-gradebook]")) import("./gradebook.js");
