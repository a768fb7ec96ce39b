import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { decodeJson } from '/work/main/packages/api/src/json/decode-json.js';
it('x', () => {
  const doc = readFileSync('/work/shared/kubernetes/openapi-v2.json', 'utf8');
  const pod = JSON.stringify(JSON.parse(readFileSync('/work/shared/conformance/traces/core/pod-defaults-rich.json','utf8')));
  for (const [n, t] of [['openapi', doc], ['trace', pod], ['list', '[' + Array(200).fill(pod).join(',') + ']']] as const) {
    const b = Buffer.from(t);
    for (let w = 0; w < 3; w++) { decodeJson(b); JSON.parse(t); decodeJson(t); }
    let a = performance.now(); for (let i = 0; i < 5; i++) JSON.parse(b.toString('utf8')); const native = performance.now() - a;
    a = performance.now(); for (let i = 0; i < 5; i++) decodeJson(b); const ours = performance.now() - a;
    a = performance.now(); for (let i = 0; i < 5; i++) decodeJson(b, { maxDepth: Infinity }); const nodepth = performance.now() - a;
    a = performance.now(); for (let i = 0; i < 5; i++) decodeJson(b, { onDuplicateKey: () => {} }); const slow = performance.now() - a;
    console.log(n, t.length, { native, ours, nodepth, slow });
  }
});
