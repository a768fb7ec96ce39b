import assert from 'node:assert/strict';

import { isNotFound } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, Pod } from '@kubewright/api/core/v1';
import { mergePatch } from '@kubewright/runtime';

import { Prometheus, PrometheusRule } from '../../api/index.js';
import { originPrometheus } from '../manifests.js';
import type { Step, Story } from '../story.js';
import { expectReady, NAME, ownedObjects } from './come-up.js';
import { apply, operatorToken } from './set-up.js';

const STATEFUL_SET = { ...NAME, name: 'prometheus-prometheus' };
const RULES = { ...NAME, name: 'prometheus-prometheus-rulefiles-0' };

export const podDeleted: Step = {
  title: 'A pod is deleted and comes back',
  async run(story) {
    const name = { ...NAME, name: 'prometheus-prometheus-1' };
    const before = (await story.client.get(Pod, name)).metadata.uid;
    await story.client.delete(Pod, name);
    await story.until(async () => {
      assert.notEqual((await story.client.get(Pod, name)).metadata.uid, before, 'the pod is still the old one');
      await expectReady(story, 3);
    });
    return '';
  },
};

export const scaledDown: Step = {
  title: 'spec.replicas: 2 takes the last pod away, and only that one',
  async run(story) {
    const before = await podUids(story);
    await story.client.patch(Prometheus, NAME, mergePatch({ spec: { replicas: 2 } }));
    await story.until(() => expectReady(story, 2));
    await story.until(async () => assert.deepEqual(await podUids(story), before.slice(0, 2)));
    await story.client.patch(Prometheus, NAME, mergePatch({ spec: { replicas: 3 } }));
    await story.until(() => expectReady(story, 3));
    return 'and spec.replicas: 3 brings it back';
  },
};

export const ruleEdited: Step = {
  title: 'A rule is edited and the ConfigMap follows',
  async run(story) {
    const groups = [{ name: './example.rules', rules: [{ alert: 'EditedAlert', expr: 'vector(2)' }] }];
    await story.client.patch(PrometheusRule, { ...NAME, name: 'prometheus-example-rules' }, mergePatch({ spec: { groups } }));
    return await story.until(async () => {
      const { data = {} } = await story.client.get(ConfigMap, RULES);
      const [content = ''] = Object.values(data);
      assert.match(content, /alert: EditedAlert\n\s+expr: vector\(2\)/);
      return content.trimEnd();
    });
  },
};

export const handEdited: Step = {
  title: 'The StatefulSet is edited by hand and is put right',
  async run(story) {
    await story.client.patch(StatefulSet, STATEFUL_SET, mergePatch({ spec: { replicas: 5, template: { spec: { serviceAccountName: 'somebody-else' } } } }));
    await story.until(async () => {
      const { spec } = await story.client.get(StatefulSet, STATEFUL_SET);
      assert.deepEqual({ replicas: spec.replicas, serviceAccountName: spec.template.spec?.serviceAccountName }, { replicas: 3, serviceAccountName: 'prometheus' });
      await expectReady(story, 3);
    });
    return '';
  },
};

export const operatorKilled: Step = {
  title: 'The operator is killed in the middle of its writes, and a new one converges',
  async run(story) {
    await story.client.delete(Prometheus, NAME);
    await story.until(async () => assert.deepEqual(await ownedObjects(story), []));
    const firstWrite = added(story, '/api/v1/namespaces/default/configmaps', RULES.name);
    await apply(story, originPrometheus);
    await firstWrite;
    await story.operator.kill();
    const written = await ownedObjects(story);
    assert.ok(written.length < 7, `the operator was killed after it had written everything: ${written.join(', ')}`);
    story.startOperator(await operatorToken(story));
    await story.until(async () => {
      assert.equal((await ownedObjects(story)).length, 7);
      await expectReady(story, 3);
    });
    return `killed after ${written.length} of 7 objects (${written.join(', ')})`;
  },
};

export const deleted: Step = {
  title: 'The resource is deleted and garbage collection leaves nothing behind',
  async run(story) {
    await story.client.delete(Prometheus, NAME);
    await story.until(async () => {
      const left = [...(await ownedObjects(story)), ...(await podUids(story))];
      assert.deepEqual(left, []);
      await assert.rejects(async () => void (await story.client.get(Prometheus, NAME)), isNotFound);
    });
    return '';
  },
};

export const appliedAgain: Step = {
  title: 'Applied again, it comes up again',
  async run(story) {
    await apply(story, originPrometheus);
    await story.until(() => expectReady(story, 3));
    return '';
  },
};

/** Resolves at the moment at which an object of this name is created; it is told by a watch, so nothing else has happened since. */
async function added(story: Story, path: string, name: string): Promise<void> {
  const { body } = await story.cluster.transport().dispatch({ method: 'GET', path: `${path}?watch=true&fieldSelector=metadata.name=${name}`, headers: {}, lane: 'watch' });
  for await (const frame of body) if (Buffer.from(frame).includes('"ADDED"')) return;
}

/** In order of ordinals. */
async function podUids(story: Story): Promise<(string | undefined)[]> {
  const { items } = await story.client.list(Pod, { namespace: 'default', labels: 'prometheus=prometheus' });
  return [...items].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1)).map(({ metadata }) => metadata.uid);
}
