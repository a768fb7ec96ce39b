import { isNotFound } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { addControllers, containerOf, createManager, mergePatch } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';

import { Widget, widgetDefinition } from './widget.js';
import { WidgetController } from './widget-controller.js';

/** What a run found; the same under every compiler. */
export interface Facts {
  readonly status: Widget['status'];
  readonly settings: Readonly<Record<string, string>> | undefined;
  readonly finalizers: readonly string[] | undefined;
  readonly cleaned: readonly string[];
  readonly hasCauses: boolean;
}

export const EXPECTED: Facts = { status: { seen: 3, fromPoll: 21 }, settings: { size: '3' }, finalizers: ['matrix.example.com/widget'], cleaned: ['a'], hasCauses: true };

/** Runs the operator against an embedded cluster, through the life of one Widget. */
export async function runOperator(): Promise<Facts> {
  const cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const { client } = cluster;
  const name = { namespace: 'default', name: 'a' };
  const manager = await createManager({ name: 'matrix', transport: cluster.transport() });
  addControllers(manager, WidgetController);
  const controller = containerOf(manager).resolve(WidgetController);
  const operator = await cluster.run(manager);
  try {
    await client.create(Widget, { metadata: name, spec: { size: 2 } });
    await eventually(async () => equal((await client.get(Widget, name)).status?.seen, 2));
    await client.patch(Widget, name, mergePatch({ spec: { size: 3 } }));
    await eventually(async () => equal((await client.get(Widget, name)).status?.seen, 3));
    await eventually(async () => equal((await client.get(ConfigMap, { namespace: 'default', name: 'a-settings' })).data?.['size'], '3'));
    const { status, metadata } = await client.get(Widget, name);
    const settings = (await client.get(ConfigMap, { namespace: 'default', name: 'a-settings' })).data;
    await client.delete(Widget, name);
    await eventually(async () => equal(await client.get(Widget, name).catch(isNotFound), true));
    const facts = { status, settings, finalizers: metadata.finalizers, cleaned: controller.cleaned, hasCauses: controller.causes.includes('update of kind Widget') };
    return JSON.parse(JSON.stringify(facts)) as Facts;
  } finally {
    await operator[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  }
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} is not ${String(expected)}`);
}
