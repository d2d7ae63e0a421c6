// Imports go one way: messages and backend below, then shared, then domain, then views. Fails on the first that does not.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../src", import.meta.url));
const MAY = {
  messages: ["messages"],
  backend: ["backend"],
  shared: ["shared", "messages"],
  domain: ["domain", "shared", "messages", "backend"],
  views: ["views", "domain", "shared", "messages", "backend"],
};

const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));
const wrong = [];
for (const file of files(root)) {
  if (!/\.(ts|svelte)$/.test(file)) continue;
  const place = relative(root, file).split(/[\\/]/);
  const may = MAY[place[0]];
  if (!may || place.length === 1) continue;
  for (const [, target] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
    let tier = /^\$(messages|backend|shared|domain|views)\b/.exec(target)?.[1];
    if (!tier && target.startsWith(".")) tier = relative(root, join(file, "..", target)).split(/[\\/]/)[0];
    if (tier && tier in MAY && !may.includes(tier)) wrong.push(`${relative(root, file)} imports ${target}: ${place[0]} may not know ${tier}`);
    if (tier === "backend" && place[0] !== "backend" && !/^\$backend$/.test(target)) wrong.push(`${relative(root, file)} imports ${target}: only $backend is the seam`);
  }
}
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log("Imports go one way.");
