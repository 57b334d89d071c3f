/*
 * Writes a .gz beside every text asset of dist/ and prints what a first visit
 * costs. Fails above the budget: the script of the first load, compressed.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TEXT = /\.(html|js|css|svg|json|txt)$/;
// KiB of script before anything is shown. Higher: joining on old PCs takes longer.
const FIRST_LOAD_BUDGET_KIB = 80;

const names = (await readdir(DIST, { recursive: true })).filter((n) => TEXT.test(n));
const sizes = new Map();
for (const name of names.sort()) {
  const raw = await readFile(join(DIST, name));
  // No time stamp and a fixed level: the same source gives the same bytes.
  const packed = gzipSync(raw, { level: 9 });
  await writeFile(join(DIST, `${name}.gz`), packed);
  sizes.set(name.replaceAll('\\', '/'), packed.length);
}
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const [name, size] of sizes)
  process.stdout.write(`${kib(size).padStart(10)}  ${name}\n`);

const html = await readFile(join(DIST, 'index.html'), 'utf8');
const first = [...html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].map((m) => m[1]);
const total = first.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
process.stdout.write(`first load, script: ${kib(total)} gz\n`);
if (total > FIRST_LOAD_BUDGET_KIB * 1024) {
  process.stderr.write(`over the budget of ${FIRST_LOAD_BUDGET_KIB} KiB\n`);
  process.exit(1);
}
