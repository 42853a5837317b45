// Compares two JSON files with a library of npm: node diff.mjs jsondiffpatch|json-diff OLD NEW
import { readFileSync } from 'node:fs';

const [tool, ...paths] = process.argv.slice(2);
const [before, after] = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')));
if (tool === 'jsondiffpatch') {
  const { create } = await import('jsondiffpatch');
  // Streams are found by their names, as whoever compares catalogs would set it up.
  const differ = create({ objectHash: (value) => value.name ?? JSON.stringify(value) });
  console.log(JSON.stringify(differ.diff(before, after) ?? null).length);
} else if (tool === 'json-diff') {
  const { diff } = (await import('json-diff')).default;
  console.log(JSON.stringify(diff(before, after) ?? null).length);
} else {
  throw new Error(`expected jsondiffpatch or json-diff, found ${tool}`);
}
