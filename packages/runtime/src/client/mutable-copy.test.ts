import type { UnstructuredObject } from '@kubewright/api';
import { Deployment } from '@kubewright/api/apps/v1';
import { expect, expectTypeOf, it } from 'vitest';

import type { DeepReadonly } from '../event/entry.js';
import type { Writer } from './client.js';
import { mutableCopy } from './mutable-copy.js';
import { mergeFrom } from './patch.js';

it('a mutable copy shares nothing with what was read, and can be changed, compared and written', async () => {
  const read: DeepReadonly<Deployment> = deepFreeze({ metadata: { name: 'a', labels: { x: 'y' } }, spec: { selector: {}, replicas: 1, template: { spec: { containers: [{ name: 'c', args: ['1'] }] } } } });
  const copy = mutableCopy(read);
  expect(copy).toEqual(read);
  copy.spec!.replicas = 2;
  copy.spec!.template.spec!.containers[0]!.args!.push('2');
  copy.metadata.labels = { ...copy.metadata.labels, z: 'w' };
  expect(read.spec!.template.spec!.containers[0]!.args).toEqual(['1']);
  expect(read.spec!.replicas).toBe(1);

  expectTypeOf(copy).toMatchTypeOf<Deployment>();
  expect(mergeFrom(read, copy).type).toBe('merge-from');
  const writer: Pick<Writer, 'update'> = { update: async (_kind, object) => object as never };
  expect(await writer.update(Deployment, copy)).toBe(copy);
});

it('a mutable copy keeps integers that a double can not hold, and a member called __proto__', () => {
  const read = Object.freeze(JSON.parse('{ "metadata": { "name": "a" }, "__proto__": { "a": 1 } }') as UnstructuredObject);
  const copy = mutableCopy({ ...read, big: 2n ** 60n } as DeepReadonly<UnstructuredObject>);
  copy['more'] = 1;
  expect([copy['big'], Object.getPrototypeOf(copy)]).toEqual([2n ** 60n, Object.prototype]);
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
