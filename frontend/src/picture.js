// Hand out what is drawn on the screen as an SVG file that needs no style sheet, and as a PNG of twice its size.

import { html, svg } from "./dom.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity", "opacity", "font-family", "font-size", "font-weight", "paint-order"];
const SHARPNESS = 2;
const MARGIN = 12;

// Pictures that stand one below the other, as one.
function together(pictures) {
  const parts = pictures.map(standalone);
  const [width, height] = [Math.max(...parts.map((part) => part.width)), parts.reduce((sum, part) => sum + part.height, 0)];
  const all = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` }, svg("rect", { width, height, fill: paperBehind(pictures[0]) }));
  let y = 0;
  for (const part of parts) {
    part.copy.setAttribute("y", y);
    all.append(part.copy);
    y += part.height;
  }
  return { text: new XMLSerializer().serializeToString(all), width, height };
}

// A copy whose every element carries, as attributes, how it looks at this moment.
function standalone(drawn) {
  const copy = drawn.cloneNode(true);
  const originals = [drawn, ...drawn.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, index) => {
    const style = getComputedStyle(originals[index]);
    KEPT.forEach((name) => node.setAttribute(name, style.getPropertyValue(name)));
    node.removeAttribute("class");
  });
  const { x, y, width, height } = frameOf(drawn);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  return { copy, width, height };
}

// What is drawn, labels that reach past the edge included, with a margin.
function frameOf(drawn) {
  const box = drawn.getBBox();
  const x = Math.floor(Math.min(0, box.x)) - MARGIN;
  const y = Math.floor(Math.min(0, box.y)) - MARGIN;
  return { x, y, width: Math.ceil(box.x + box.width) - x + MARGIN, height: Math.ceil(box.y + box.height) - y + MARGIN };
}

function paperBehind(node) {
  for (let at = node; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && !/^(transparent|rgba\(0, 0, 0, 0\))$/.test(colour)) return colour;
  }
  return "white";
}

const asData = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

async function asPng({ text, width, height }) {
  const image = new Image();
  image.src = asData(text);
  await image.decode();
  const canvas = html("canvas", { width: width * SHARPNESS, height: height * SHARPNESS });
  const context = canvas.getContext("2d");
  context.scale(SHARPNESS, SHARPNESS);
  context.drawImage(image, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function save(name, blob) {
  const url = URL.createObjectURL(blob);
  html("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Saves both files; a browser that can't make the PNG still gives the SVG.
export async function savePicture(name, pictures) {
  const picture = together(pictures);
  save(`${name}.svg`, new Blob([picture.text], { type: "image/svg+xml" }));
  const png = await asPng(picture).catch(() => null);
  if (png) save(`${name}.png`, png);
}
