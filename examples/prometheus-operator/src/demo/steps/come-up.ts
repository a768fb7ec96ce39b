import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';

import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, Pod, Secret, Service } from '@kubewright/api/core/v1';
import { parse } from 'yaml';

import { Prometheus } from '../../api/index.js';
import { kubectlGet } from '../kubectl-view.js';
import type { Step, Story } from '../story.js';

export const NAME = { namespace: 'default', name: 'prometheus' };
const PRINTED = 'NAME         VERSION   DESIRED   READY   RECONCILED   AVAILABLE   AGE';

export const objectsAppear: Step = {
  title: 'The operator writes what the real one writes',
  async run(story) {
    const written = await story.until(async () => {
      const names = await ownedObjects(story);
      assert.deepEqual(names, [
        'ConfigMap prometheus-prometheus-rulefiles-0',
        'Secret prometheus-prometheus',
        'Secret prometheus-prometheus-thanos-prometheus-http-client-file',
        'Secret prometheus-prometheus-tls-assets-0',
        'Secret prometheus-prometheus-web-config',
        'Service prometheus-operated',
        'StatefulSet prometheus-prometheus',
      ]);
      return names;
    });
    const jobs = (await configuration(story)).scrape_configs.map(({ job_name }) => job_name);
    assert.deepEqual(jobs, ['serviceMonitor/default/example-app/0'], 'the configuration scrapes what the selected monitor says, and nothing else');
    const rules = await story.client.get(ConfigMap, { ...NAME, name: 'prometheus-prometheus-rulefiles-0' });
    assert.deepEqual(Object.keys(rules.data ?? {}).map((key) => key.replace(/-[0-9a-f]{8}-.*$/, '')), ['default-prometheus-example-rules']);
    return written.join('\n');
  },
};

export const podsRun: Step = {
  title: 'Three pods come up 2/2, and the status says so',
  async run(story) {
    await story.until(() => expectReady(story, 3));
    const { status } = await story.client.get(Prometheus, NAME);
    assert.deepEqual(status?.conditions?.map(({ type, observedGeneration }) => [type, observedGeneration]).sort(), [['Available', 1], ['Reconciled', 1]]);
    return await compared(story, 'prometheus', '/apis/monitoring.coreos.com/v1/namespaces/default/prometheuses');
  },
};

export const podsPrinted: Step = {
  title: 'kubectl get pods',
  async run(story) {
    const text = await compared(story, 'pods', '/api/v1/namespaces/default/pods');
    for (const ordinal of [0, 1, 2]) assert.match(text, new RegExp(`^prometheus-prometheus-${ordinal} +2/2 +Running +0 `, 'm'));
    return text;
  },
};

/** Table of the server, laid out as kubectl does; where kubectl is at hand the two must agree, but for ages. */
async function compared(story: Story, resource: string, path: string): Promise<string> {
  const ours = await kubectlGet(story.access, path);
  if (resource === 'prometheus') {
    assert.equal(ours.split('\n')[0], PRINTED);
    assert.match(ours, /^prometheus +3 +3 +True +True +\d+\w+$/m);
  }
  const theirs = await story.kubectl('get', resource);
  if (theirs === undefined) return ours;
  assert.equal(normal(ours), normal(theirs), 'kubectl prints something else');
  return `${ours}\n(kubectl prints the same)`;
}

/** Ages run on between two calls. */
function normal(table: string): string {
  return table.trim().replaceAll(/\b\d+[smh]\b/g, 'AGE').replaceAll(/ +/g, ' ').replaceAll(/ $/gm, '');
}

/** The Prometheus is ready with that many pods, all of them 2/2. */
export async function expectReady(story: Story, replicas: number): Promise<void> {
  const pods = (await story.client.list(Pod, { namespace: 'default', labels: 'prometheus=prometheus' })).items.filter((pod) => !pod.metadata.deletionTimestamp);
  const ready = pods.filter((pod) => pod.status?.containerStatuses?.length === 2 && pod.status.containerStatuses.every((container) => container.ready)).map((pod) => pod.metadata.name);
  assert.deepEqual(ready.sort(), Array.from({ length: replicas }, (_, ordinal) => `prometheus-prometheus-${ordinal}`));
  const { status } = await story.client.get(Prometheus, NAME);
  const conditions = Object.fromEntries((status?.conditions ?? []).map(({ type, status: value }) => [type, value]));
  assert.deepEqual({ available: status?.availableReplicas, ...conditions }, { available: replicas, Available: 'True', Reconciled: 'True' });
}

/** Kind and name of everything that the Prometheus owns. */
export async function ownedObjects(story: Story): Promise<string[]> {
  const lists = await Promise.all([ConfigMap, Secret, Service, StatefulSet].map(async (kind) => ({ kind: kind.kind, items: (await story.client.list(kind, { namespace: 'default' })).items })));
  return lists
    .flatMap(({ kind, items }) => items.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.kind === 'Prometheus' && owner.name === NAME.name)).map(({ metadata }) => `${kind} ${metadata.name}`))
    .sort();
}

/** The configuration that the pods would load. */
export async function configuration(story: Story): Promise<{ scrape_configs: { job_name: string }[] }> {
  const secret = await story.client.get(Secret, { ...NAME, name: 'prometheus-prometheus' });
  return parse(gunzipSync(Buffer.from(secret.data!['prometheus.yaml.gz']!, 'base64')).toString()) as { scrape_configs: { job_name: string }[] };
}
