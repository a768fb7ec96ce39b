// Packs the official CRDs (descriptions removed) into test/fixtures: node scripts/pack-crds.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';

const [folder] = process.argv.slice(2);
const definitions = readdirSync(folder).sort().map((file) => parse(readFileSync(join(folder, file), 'utf8')));
writeFileSync(new URL('../test/fixtures/prometheus-crds.json.gz', import.meta.url), gzipSync(JSON.stringify(definitions), { level: 9 }));
console.log(`${definitions.length} definitions`);
