// Packs recorded cases of the real Prometheus operator into test/fixtures: node scripts/pack-corpus.mjs CORPUS CASE...
// Only data is taken: the input objects, what the operator made of them, and the facts about the run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse, parseAllDocuments } from 'yaml';

const [corpus, ...names] = process.argv.slice(2);
const documents = (path) => parseAllDocuments(readFileSync(path, 'utf8'), { maxAliasCount: -1 }).map((document) => document.toJS()).filter(Boolean);
const cases = names.map((name) => ({
  name,
  meta: parse(readFileSync(join(corpus, name, 'meta.yaml'), 'utf8')),
  input: documents(join(corpus, name, 'input.yaml')),
  expected: documents(join(corpus, name, 'expected.yaml')),
}));
writeFileSync(new URL('../test/fixtures/prometheus-corpus.json.gz', import.meta.url), gzipSync(JSON.stringify(cases), { level: 9 }));
console.log(`${cases.length} cases`);
