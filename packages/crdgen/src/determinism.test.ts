import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { generate } from './generate.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-determinism-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHARED = `import type { Int32, MapList } from '@kubewright/api';
/** A part.
 *
 * - with a list
 *   that goes on
 */
export interface Part { name: string; weight?: Int32 }
export interface Parts { parts?: MapList<Part, 'name'>; mode: 'b' | 'a' }
`;
const version = (name: string, more = '') => `import { CustomResource, Rule, type Int32 } from '@kubewright/api';
import type { Parts } from '../shared.js';
@Rule('self.min <= self.max')
export class WidgetSpec { min!: Int32; max: Int32 = 3; parts?: Parts; text = \`one
two\` }
/**
 * Widget is a demo.
 * @example {"spec":
 *   {"min": 1}}
 */
@CustomResource({ group: 'demo.example.com', version: '${name}'${more} })
export class Widget { spec!: WidgetSpec; status?: { size?: Int32 } }
`;
const FILES: Readonly<Record<string, string>> = {
  'src/shared.ts': SHARED,
  'src/v1/widget.ts': version('v1', ", storage: true, annotations: { b: '1' }"),
  'src/v1beta1/widget.ts': version('v1beta1', ", annotations: { a: '1' }"),
  'src/gadget.ts': "import { CustomResource } from '@kubewright/api';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Gadget { spec!: { a?: string } }\n",
  'src/a-controller.ts': "import { Rbac } from '@kubewright/api';\nimport { Deployment } from '@kubewright/api/apps/v1';\nimport { Controller, Owns, Watches } from '@kubewright/runtime';\nimport { Widget } from './v1/widget.js';\n@Controller(Widget)\n@Owns(Deployment)\n@Rbac({ groups: ['b', 'a'], resources: ['y', 'x'], verbs: ['list', 'get'] })\nexport class A {}\n",
  'src/b-controller.ts': "import { ValidatingWebhook, MutatingWebhook } from '@kubewright/api';\nimport { Controller } from '@kubewright/runtime';\nimport { Gadget } from './gadget.js';\n@Controller(Gadget)\n@MutatingWebhook({ for: Gadget })\n@ValidatingWebhook({ for: Gadget })\nexport class B { cleanup() {} }\n",
};

/** Everything that is generated when the files were written, and are named, in some order. */
function output(name: string, order: readonly string[], change: (text: string) => string = (text) => text): string {
  const cwd = join(folder, name);
  for (const path of order) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), change(FILES[path] ?? ''));
  }
  const result = generate({ cwd, entries: order, modules: 'src/generated', validators: 'src/validators', samples: 'samples', docs: 'docs', certificates: 'cert-manager' });
  expect(result.diagnostics.map((one) => `${one.code} ${one.message}`)).toEqual([]);
  expect(result.files.length).toBeGreaterThan(10);
  return JSON.stringify(result.files);
}

it('the same sources give the same bytes, whatever the order of files, their folder and their line ends', () => {
  const names = Object.keys(FILES);
  const usual = output('usual', names);
  expect(output('reversed', [...names].reverse())).toBe(usual);
  expect(output('rotated', [...names.slice(3), ...names.slice(0, 3)])).toBe(usual);
  expect(output('globbed', ['src/gadget.ts', ...names])).toBe(usual);
  expect(output('windows', names, (text) => text.replaceAll('\n', '\r\n'))).toBe(usual);
});
