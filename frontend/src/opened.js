// Tell the site that a chapter was opened, once it is shown. It says nothing to the reader: what it failed to note, the next visit does.

import { send } from "./request.js";

const chapter = document.querySelector("[data-opened]");
if (chapter) send(chapter.dataset.opened, { method: "POST" }).catch(() => {});
