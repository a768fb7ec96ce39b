import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FieldSet } from './field-set.js';
import { objectType } from './field-type.js';
import { fieldsOf } from './owned-fields.js';
import { WidgetHistory, widgetSchema } from './widget.fixture.js';

const word = fc.constantFrom('a', 'b', 'c', 'd');
const words = fc.uniqueArray(word, { maxLength: 4 });
const conf = fc.dictionary(word, word, { maxKeys: 3 });
const spec = fc.record({
  size: fc.integer({ min: 0, max: 3 }),
  color: word,
  on: fc.boolean(),
  tags: words,
  args: fc.array(word, { maxLength: 3 }),
  conf,
  selector: conf,
  nested: fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.record({ c: word, d: word }, { requiredKeys: [] }) }, { requiredKeys: [] }),
  parts: fc.uniqueArray(fc.record({ name: word, image: word, conf }, { requiredKeys: ['name'] }), { maxLength: 3, selector: ({ name }) => name }),
  ports: fc.uniqueArray(fc.record({ port: fc.integer({ min: 1, max: 3 }), name: word }, { requiredKeys: ['port'] }), { maxLength: 3, selector: ({ port }) => port }),
}, { requiredKeys: [] });

const type = objectType(widgetSchema);
const leaves = (object: unknown) => fieldsOf(object, type);

describe('server-side apply', () => {
  it('applied twice changes nothing', () => {
    fc.assert(fc.property(spec, spec, (base, applied) => {
      const history = new WidgetHistory();
      history.update('other', (object) => (object.spec = structuredClone(base)));
      const once = structuredClone(history.apply('one', applied, { force: true }));
      expect(history.apply('one', applied)).toEqual(once);
    }), { numRuns: 200 });
  });

  it('never conflicts between managers of disjoint fields', () => {
    const [left, right] = [['size', 'tags', 'nested', 'parts'], ['color', 'on', 'args', 'conf', 'selector', 'ports']];
    const only = (names: string[]) => (value: Record<string, unknown>) => Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
    fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), spec), { maxLength: 6 }), (writes) => {
      const history = new WidgetHistory();
      for (const [isLeft, value] of writes) history.apply(isLeft ? 'left' : 'right', only(isLeft ? left : right)(value));
      for (const [manager, names] of [['left', left], ['right', right]] as const) {
        const last = writes.filter(([isLeft]) => isLeft === (manager === 'left')).at(-1);
        if (last !== undefined) expect(history.live!.spec ?? {}).toMatchObject(withoutEmpty(only([...names])(last[1])));
      }
    }), { numRuns: 200 });
  });

  it('removes exactly what was its own when a manager applies nothing any more', () => {
    fc.assert(fc.property(spec, spec, (first, second) => {
      const history = new WidgetHistory();
      history.apply('one', first);
      history.apply('two', second, { force: true });
      const before = leaves(history.live);
      const two = FieldSet.fromFieldsV1((history.owned('two') ?? {}) as Record<string, unknown>);
      const exclusive = FieldSet.fromFieldsV1((history.owned('one') ?? {}) as Record<string, unknown>).difference(two);
      history.apply('one', undefined);
      const gone = leaves(before.isEmpty ? {} : history.live);
      const named = (set: FieldSet) => set.withNamedParents(type);
      // Whatever went was owned by that manager alone, and nothing that it owned alone is left but for structures that others have a say in.
      for (const path of before.difference(gone).paths()) expect(named(exclusive).has(path)).toBe(true);
      for (const path of exclusive.difference(named(two)).paths()) expect(gone.has(path) && !hasBelow(gone, path)).toBe(false);
    }), { numRuns: 200 });
  });

  it('keeps values of the last who wrote, whatever the order of owners', () => {
    fc.assert(fc.property(spec, spec, spec, (a, b, c) => {
      const history = new WidgetHistory();
      history.apply('a', a);
      history.apply('b', b, { force: true });
      history.update('c', (object) => Object.assign((object.spec ??= {}), structuredClone(c)));
      expect(history.live!.spec).toMatchObject(c);
      // Everybody owns only what is there.
      const present = leaves(history.live).withNamedParents(type);
      for (const { fieldsV1 } of history.live!.metadata.managedFields ?? []) {
        for (const path of FieldSet.fromFieldsV1(fieldsV1!).paths()) if (!isContainer(path)) expect(present.has(path)).toBe(true);
      }
    }), { numRuns: 200 });
  });
});

function hasBelow(set: FieldSet, path: readonly string[]): boolean {
  let current: FieldSet | undefined = set;
  for (const element of path) current = current?.below(element);
  return current !== undefined;
}

/** Places that can be owned without being a leaf. */
function isContainer(path: readonly string[]): boolean {
  return ['f:conf', 'f:nested', 'f:b', 'f:parts', 'f:ports', 'f:tags', 'f:spec'].includes(path.at(-1)!);
}

/** Applying an empty list or map of items says nothing about what others have in it. */
function withoutEmpty(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item !== 'object' || Object.keys(item as object).length > 0));
}
