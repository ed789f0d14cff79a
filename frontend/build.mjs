// Bundle frontend/ into static/build/: hashed names, and a manifest.json from an entry's name to its file.
//
// Entries: src/main.js (every page), src/simulation.js (the instruments), each src/scenes/*.js (fetched when its instrument
// comes into view) and styles/main.css with the fonts it names. Code that entries share is split off, so that none is sent twice.

import { readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const frontend = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(frontend);
const target = path.join(root, "static", "build");

async function entryPoints() {
  const names = await readdir(path.join(frontend, "src", "scenes")).catch(() => []);
  const scenes = names.filter((name) => name.endsWith(".js") && !name.endsWith(".test.js"));
  return [
    { in: path.join(frontend, "src", "main.js"), out: "main" },
    { in: path.join(frontend, "src", "simulation.js"), out: "simulation" },
    { in: path.join(frontend, "styles", "main.css"), out: "main" },
    ...scenes.map((name) => ({ in: path.join(frontend, "src", "scenes", name), out: `scenes/${path.parse(name).name}` })),
  ];
}

// htmx as its authors minify it is a twentieth smaller than as we would; it is a script, so it has to be given an export.
const htmxAsBuilt = {
  name: "htmx-as-built",
  setup(bundler) {
    bundler.onLoad({ filter: /htmx\.min\.js$/ }, async ({ path: file }) => ({
      contents: `${await readFile(file, "utf8")}\nexport default htmx;`,
    }));
  },
};

async function bundle(entries) {
  const { metafile } = await build({
    absWorkingDir: root,
    assetNames: "assets/[name]-[hash]",
    bundle: true,
    charset: "utf8",
    chunkNames: "chunks/[name]-[hash]",
    entryNames: "[dir]/[name]-[hash]",
    entryPoints: entries,
    format: "esm",
    legalComments: "linked",
    loader: { ".svg": "file", ".woff2": "file" },
    logLevel: "warning",
    metafile: true,
    minify: true,
    outdir: target,
    plugins: [htmxAsBuilt],
    splitting: true,
    target: ["es2022", "chrome110", "firefox110", "safari16.4"],
  });
  return Object.entries(metafile.outputs).map(([file, about]) => ({
    file: path.relative(target, path.join(root, file)),
    entry: about.entryPoint && path.join(root, about.entryPoint),
  }));
}

// An entry's name in the manifest: "main.js", "main.css", "scenes/tail_latency.js".
function manifestOf(entries, outputs) {
  const nameOf = new Map(entries.map((entry) => [entry.in, entry.out]));
  const rows = outputs
    .filter(({ entry, file }) => nameOf.has(entry) && /\.(js|css)$/.test(file))
    .map(({ entry, file }) => [nameOf.get(entry) + path.extname(file), file]);
  return Object.fromEntries(rows.sort());
}

// The manifest goes in whole: a page rendered while we build finds the old one or the new one.
async function writeManifest(manifest) {
  const unfinished = path.join(target, "manifest.json.unfinished");
  await writeFile(unfinished, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(unfinished, path.join(target, "manifest.json"));
}

// A page opened, or a server started, before this build still asks for the files of the one before: they stay for a day.
const KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

async function removeEarlierBuilds(outputs) {
  const current = new Set(["manifest.json", ...outputs.map(({ file }) => file)]);
  const present = await readdir(target, { recursive: true, withFileTypes: true });
  const others = present
    .filter((item) => item.isFile())
    .map((item) => path.relative(target, path.join(item.parentPath ?? item.path, item.name)))
    .filter((file) => !current.has(file));
  await Promise.all(others.map(removeWhenOld));
}

async function removeWhenOld(file) {
  const { mtimeMs } = await stat(path.join(target, file));
  if (Date.now() - mtimeMs > KEPT_MILLISECONDS) await rm(path.join(target, file));
}

async function printSizes(outputs) {
  for (const { file } of outputs.filter(({ file }) => /\.(js|css)$/.test(file)).sort((a, b) => (a.file < b.file ? -1 : 1))) {
    const content = await readFile(path.join(target, file));
    console.log(`${(gzipSync(content).length / 1024).toFixed(1).padStart(7)} KiB gzipped  ${file}`);
  }
}

const entries = await entryPoints();
const outputs = await bundle(entries);
await writeManifest(manifestOf(entries, outputs));
await removeEarlierBuilds(outputs);
await printSizes(outputs);
