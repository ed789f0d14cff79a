// Make elements; text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const html = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

let last = 0;
export const newId = (stem) => `${stem}-${++last}`;

// Call back with the width of an element now and whenever it changes; returns how to stop.
export function onWidth(node, callback) {
  let known = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== known) callback((known = width));
  });
  observer.observe(node);
  return () => observer.disconnect();
}

// An element that has been so high at its width stays so high, so that nothing below it moves while what it holds comes
// and goes.
const widths = new WeakMap();
export function keepHeight(node) {
  const { offsetWidth } = node;
  if (widths.get(node) !== offsetWidth) node.style.minHeight = "";
  widths.set(node, offsetWidth);
  node.style.minHeight = `${node.offsetHeight}px`;
}

export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function readJson(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
