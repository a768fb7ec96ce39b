import { describe, expect, it } from 'vitest';

import type { Definition } from '../crd/definition.js';
import { explain } from './explain.js';
import { referencePages } from './reference-page.js';

const widget = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.demo.example.com' },
  spec: {
    group: 'demo.example.com',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget', shortNames: ['wd'] },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            description: 'Widget is a demo.',
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'string', description: 'How big it is | or small.', enum: ['s', 'l'], default: 's' },
                  ports: { type: 'array', items: { type: 'object', properties: { name: { type: 'string', pattern: '^a*$' } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
                },
              },
            },
          },
        },
      },
    ],
  },
} as Definition;

const text = (path: string, options = {}) => {
  const found = explain([widget], path, options);
  return 'text' in found ? found.text : `${found.problem}; ${found.hint}`;
};

describe('explain', () => {
  it('tells type, demands and description of a field', () => {
    expect(text('widgets.spec.size')).toBe(
      ['GROUP:      demo.example.com', 'KIND:       Widget', 'VERSION:    v1', '', 'FIELD: size <string> -required-', '', 'VALUES:', '  default "s"', '  one of "s", "l"', '', 'DESCRIPTION:', '    How big it is | or small.'].join('\n'),
    );
  });

  it.each([
    ['wd.spec.ports', 'FIELD: ports <[]object>'],
    ['Widget.spec.ports.name', 'matches ^a*$'],
    ['widget.spec.ports[].name', 'FIELD: name <string>'],
    ['widgets.demo.example.com.spec', 'size\t<string> -required-'],
    ['widgets', 'Widget is a demo.'],
    ['widgets.spec.sise', 'did you mean widgets.spec.size?; its fields are size, ports'],
    ['wigets.spec', 'did you mean widgets?; known kinds: widgets'],
    ['widgets.spec.size.x', 'no named fields'],
  ])('answers %s', (path, part) => expect(text(path)).toContain(part));

  it('lists everything below, and knows versions', () => {
    expect(text('widgets', { isRecursive: true })).toContain('  spec\t<object>\n    size\t<string> -required-\n    ports\t<[]object>\n      name\t<string>');
    expect(text('widgets', { version: 'v2' })).toContain('its versions are v1');
  });
});

describe('reference pages', () => {
  it('have a table for each object, with anchors and escaped cells', () => {
    const [index, page] = referencePages([widget], 'docs');
    expect(index?.content).toContain('| [Widget](widgets.demo.example.com.md) | demo.example.com | v1 | Namespaced |');
    expect(page?.path).toBe('docs/widgets.demo.example.com.md');
    expect(page?.content).toContain('| `size` | `string` | yes | How big it is \\| or small.<br>*default "s"*<br>*one of "s", "l"* |');
    expect(page?.content).toContain('[`[]object`](#v1-specports)');
    expect(page?.content).toContain('### v1: spec.ports[]\n');
  });
});
