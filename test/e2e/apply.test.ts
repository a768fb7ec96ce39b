import { isConflict } from '@kubewright/api';
import { Service } from '@kubewright/api/core/v1';
import { metadataOnly } from '@kubewright/runtime';
import { TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });
const port = (name: string, number: number) => ({ name, port: number, protocol: 'TCP' as const });

describe('server-side apply through the client', () => {
  it('#117 removes what it no longer says, and leaves what others said', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const us = { fieldOwner: 'us' };
    await client.apply(Widget, { metadata: { ...at('a'), labels: { ours: '1', gone: '1' } }, spec: { size: 1, colour: 'red' } }, us);
    await client.apply(Widget, { metadata: { ...at('a'), labels: { theirs: '1' } }, spec: { replicas: 3 } }, { fieldOwner: 'them' });
    const { metadata, spec } = await client.apply(Widget, { metadata: { ...at('a'), labels: { ours: '2' } }, spec: { size: 1 } }, us);
    expect([metadata.labels, spec]).toEqual([{ ours: '2', theirs: '1' }, { size: 1, replicas: 3 }]);
  });

  it('#117 conflicts with who owns a field, names it and its owner, and takes it by force', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    await client.create(Widget, widget('a', 1), { fieldOwner: 'them' });
    const refused = await client.apply(Widget, { metadata: at('a'), spec: { size: 2 } }, { fieldOwner: 'us' }).catch((error: unknown) => error);
    expect(refused).toSatisfy(isConflict);
    expect(refused).toMatchObject({ details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.size', message: expect.stringContaining('them') as string }] } });
    expect((await client.apply(Widget, { metadata: at('a'), spec: { size: 2 } }, { fieldOwner: 'us', force: true })).spec.size).toBe(2);
  });

  it('#117 merges lists by their keys, each manager its own items', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const apply = (fieldOwner: string, ...ports: ReturnType<typeof port>[]) => client.apply(Service, { metadata: at('web'), spec: { ports } }, { fieldOwner });
    const portsOf = async (result: ReturnType<typeof apply>) => (await result).spec?.ports?.map(({ name }) => name);
    await apply('us', port('http', 80), port('metrics', 9090));
    expect(await portsOf(apply('them', port('https', 443)))).toEqual(['http', 'metrics', 'https']);
    expect(await portsOf(apply('us', port('http', 80)))).toEqual(['http', 'https']);
  });

  it('#117 sends nothing but what it was given, with a version only to lock it', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const created = await client.create(Widget, widget('a', 1), { fieldOwner: 'them' });
    await client.patch(metadataOnly(Widget), at('a'), { type: 'merge', body: { metadata: { labels: { x: 'y' } } } });
    const locked = { metadata: { ...at('a'), resourceVersion: created.metadata.resourceVersion! }, spec: { replicas: 1 } };
    await expect(client.apply(Widget, locked, { fieldOwner: 'us' })).rejects.toSatisfy(isConflict);
    const applied = await client.apply(Widget, { metadata: at('a'), spec: { replicas: 1 } }, { fieldOwner: 'us' });
    expect(applied.metadata.managedFields?.find(({ manager }) => manager === 'us')).toMatchObject({ operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
    expect(Object.keys(applied.metadata.managedFields!.find(({ manager }) => manager === 'us')!.fieldsV1!)).toEqual(['f:spec']);
  });
});
