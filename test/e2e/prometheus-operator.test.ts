import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { UnstructuredObject } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, PersistentVolumeClaim, Pod, Secret, ServiceAccount } from '@kubewright/api/core/v1';
import { Event } from '@kubewright/api/events/v1';
import { createManager } from '@kubewright/example-prometheus-operator';
import { Prometheus, PrometheusRule, ServiceMonitor } from '@kubewright/example-prometheus-operator/api';
import { definitions } from '@kubewright/example-prometheus-operator/definitions';
import { noopLogger } from '@kubewright/platform';
import { mergePatch } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const name = { namespace: 'default', name: 'main' };
const prometheus = {
  metadata: name,
  spec: { replicas: 2, serviceAccountName: 'prometheus', serviceMonitorSelector: {}, podMonitorSelector: {}, ruleSelector: {} },
};

async function start(): Promise<TestCluster> {
  const cluster = await TestCluster.start({ definitions: definitions.map(({ definition }) => definition), kubelet: { startTime: 5, readyAfter: 20, stopAfter: 10 } });
  await cluster.client.create(ServiceAccount, { metadata: { ...name, name: 'prometheus' } });
  await cluster.run(await createManager({ transport: cluster.transport(), log: noopLogger }));
  return cluster;
}

describe('the Prometheus operator, in process', () => {
  it('brings a Prometheus up and tells the two conditions', async () => {
    await using cluster = await start();
    await cluster.client.create(Prometheus, prometheus);
    await eventually(async () => {
      const { status } = await cluster.client.get(Prometheus, name);
      expect(status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2, shards: 1, paused: false });
      expect(status?.conditions?.map(({ type, status: value, observedGeneration }) => ({ type, value, observedGeneration }))).toEqual([
        { type: 'Available', value: 'True', observedGeneration: 1 },
        { type: 'Reconciled', value: 'True', observedGeneration: 1 },
      ]);
    });
  });

  it('is quiet when there is nothing to do: no object changes any more', async () => {
    await using cluster = await start();
    await cluster.client.create(Prometheus, prometheus);
    await eventually(async () => expect((await cluster.client.get(Prometheus, name)).status?.availableReplicas).toBe(2));
    const versions = async (): Promise<string> => JSON.stringify(await Promise.all([Secret, StatefulSet, Prometheus].map(async (kind) => (await cluster.client.list(kind)).items.map(({ metadata }) => metadata.resourceVersion))));
    let before = '';
    await eventually(async () => {
      const now = await versions();
      const same = now === before;
      before = now;
      expect(same).toBe(true);
    }, { interval: 300 });
    await cluster.client.patch(Prometheus, name, mergePatch({ metadata: { annotations: { touched: 'yes' } } }));
    await eventually(async () => expect((await cluster.client.get(StatefulSet, { ...name, name: 'prometheus-main' })).metadata.annotations).toMatchObject({ touched: 'yes' }));
  });

  it('splits into shards, and takes the excess away again', async () => {
    await using cluster = await start();
    await cluster.client.create(Prometheus, { ...prometheus, spec: { ...prometheus.spec, replicas: 1, shards: 3 } });
    const names = async (): Promise<(string | undefined)[]> => (await cluster.client.list(StatefulSet)).items.map(({ metadata }) => metadata.name).sort();
    await eventually(async () => expect(await names()).toEqual(['prometheus-main', 'prometheus-main-shard-1', 'prometheus-main-shard-2']));
    await cluster.client.patch(Prometheus, name, mergePatch({ spec: { shards: 1 } }));
    await eventually(async () => {
      expect(await names()).toEqual(['prometheus-main']);
      expect((await cluster.client.list(Pod)).items.map(({ metadata }) => metadata.name)).toEqual(['prometheus-main-0']);
    });
  });

  it('keeps data on claims where storage asks for them', async () => {
    await using cluster = await start();
    const storage = { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1Gi' } } } } };
    await cluster.client.create(Prometheus, { ...prometheus, spec: { ...prometheus.spec, storage } });
    await eventually(async () => {
      expect((await cluster.client.get(Prometheus, name)).status?.availableReplicas).toBe(2);
      expect((await cluster.client.list(PersistentVolumeClaim)).items.map(({ metadata }) => metadata.name).sort()).toEqual(['prometheus-main-db-prometheus-main-0', 'prometheus-main-db-prometheus-main-1']);
    });
  });

  it('leaves a bad rule out, says so on the rule, and takes up the others', async () => {
    await using cluster = await start();
    const rule = (ruleName: string, expr: string): Parameters<typeof cluster.client.create<typeof PrometheusRule>>[1] => ({
      metadata: { ...name, name: ruleName },
      spec: { groups: [{ name: 'g', rules: [{ alert: 'A', expr }] }] },
    });
    await cluster.client.create(PrometheusRule, rule('good', 'up == 0'));
    await cluster.client.create(PrometheusRule, rule('bad', 'sum(up'));
    await cluster.client.create(Prometheus, prometheus);
    await eventually(async () => {
      const events = (await cluster.client.list(Event)).items.filter(({ reason }) => reason === 'InvalidConfiguration');
      expect(events.map(({ regarding, note }) => [regarding?.name, note])).toEqual([['bad', 'PrometheusRule bad was rejected due to invalid configuration: invalid rule']]);
      expect((await cluster.client.get(Prometheus, name)).status?.conditions?.find(({ type }) => type === 'Reconciled')?.status).toBe('True');
    });
  });

  it('tells of fields that it does not act on, on the Prometheus and on a monitor', async () => {
    await using cluster = await start();
    const endpoint = { port: 'web', basicAuth: { username: { name: 's', key: 'u' } } };
    await cluster.client.create(ServiceMonitor, { metadata: { ...name, name: 'app' }, spec: { selector: {}, endpoints: [endpoint] } });
    await cluster.client.create(Prometheus, { ...prometheus, spec: { ...prometheus.spec, remoteWrite: [{ url: 'http://x' }] } });
    await eventually(async () => {
      const condition = (await cluster.client.get(Prometheus, name)).status?.conditions?.find(({ type }) => type === 'Reconciled');
      expect(condition).toMatchObject({ status: 'True', reason: 'UnsupportedFields', message: 'these fields have no effect yet: spec.remoteWrite' });
      const notes = (await cluster.client.list(Event)).items.filter(({ type }) => type === 'Warning').map(({ note }) => note);
      expect(notes).toContain('"default/app" was rejected due to invalid configuration: endpoints[0].basicAuth: not supported by this operator yet');
    });
  });

  it('tells a failure in the Reconciled condition and leaves the configuration as it was', async () => {
    await using cluster = await start();
    await cluster.client.create(Prometheus, prometheus);
    const secret = { ...name, name: 'prometheus-main' };
    await eventually(async () => expect((await cluster.client.get(Prometheus, name)).status?.availableReplicas).toBe(2));
    const before = (await cluster.client.get(Secret, secret)).metadata.resourceVersion;
    await cluster.client.patch(Prometheus, name, mergePatch({ spec: { version: 'v1.8.0' } }));
    await eventually(async () => {
      const condition = (await cluster.client.get(Prometheus, name)).status?.conditions?.find(({ type }) => type === 'Reconciled');
      expect(condition).toMatchObject({ status: 'False', reason: 'ReconciliationFailed', message: 'unsupported Prometheus version "v1.8.0"', observedGeneration: 2 });
    });
    expect((await cluster.client.get(Secret, secret)).metadata.resourceVersion).toBe(before);
  });

  it('does what it may: without the right to list Secrets it says which right is missing', async () => {
    await using cluster = await TestCluster.start({ definitions: definitions.map(({ definition }) => definition) });
    const identity = { name: 'system:serviceaccount:default:nobody', groups: ['system:serviceaccounts', 'system:authenticated'] };
    const lines: string[] = [];
    const log = { ...noopLogger, warn: (message: string, fields?: object) => void lines.push(JSON.stringify({ message, ...fields }, (_key, value: unknown) => (value instanceof Error ? value.message : value))), with: () => log };
    await cluster.run(await createManager({ transport: cluster.transport(identity), log }));
    await eventually(() => expect(lines.join('\n')).toMatch(/cannot list resource \\?\\*"secrets\\*"/));
  });

  it('writes a configuration and rules that promtool takes', async (context) => {
    const promtool = hasPromtool();
    if (!promtool && process.env['CI'] !== 'true') context.skip('promtool is not on the PATH');
    await using cluster = await start();
    const monitor: UnstructuredObject & { spec: object } = {
      metadata: { ...name, name: 'app' },
      spec: { selector: { matchLabels: { app: 'x' } }, endpoints: [{ port: 'web', interval: '15s', path: '/m', relabelings: [{ sourceLabels: ['a'], targetLabel: 'b', regex: '(.+)' }] }] },
    };
    await cluster.client.create(ServiceMonitor, monitor as never);
    const annotations = { summary: 'yes: "quoted" - {{ $value }} # no comment', runbook: '123' };
    const expr = `sum by (job) (rate(http_requests_total{code=~"5..", job!="x"}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.05 and on () vector(1)`;
    await cluster.client.create(PrometheusRule, { metadata: { ...name, name: 'tricky' }, spec: { groups: [{ name: 'yes', rules: [{ alert: 'Tricky', expr, for: '5m', labels: { severity: 'on' }, annotations }] }] } });
    // Debian's promtool is older than the default version, and refuses fields that it does not know.
    await cluster.client.create(Prometheus, { ...prometheus, spec: { ...prometheus.spec, version: 'v2.42.0' } });
    const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
    try {
      await eventually(async () => {
        const { data = {} } = await cluster.client.get(Secret, { ...name, name: 'prometheus-main' });
        const text = gunzipSync(Buffer.from(data['prometheus.yaml.gz']!, 'base64')).toString();
        expect(text).toContain('serviceMonitor/default/app/0');
        // What the config reloader replaces before Prometheus sees the file.
        const config = parse(text.replaceAll('$(SHARD)', '0').replaceAll('$(POD_NAME)', 'pod')) as { scrape_configs: { kubernetes_sd_configs?: unknown }[] };
        // Debian builds Prometheus without Kubernetes service discovery.
        for (const job of config.scrape_configs) delete job.kubernetes_sd_configs;
        writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
        const { data: rules = {} } = await cluster.client.get(ConfigMap, { ...name, name: 'prometheus-main-rulefiles-0' });
        const [content = ''] = Object.values(rules);
        expect(content).toContain('Tricky');
        writeFileSync(join(folder, 'rules.yml'), content);
      });
      const promtoolSays = (...args: string[]): string => execFileSync('promtool', ['check', ...args], { encoding: 'utf8' });
      expect(promtoolSays('config', '--syntax-only', join(folder, 'prometheus.yml'))).toContain('SUCCESS');
      expect(promtoolSays('rules', join(folder, 'rules.yml'))).toContain('SUCCESS: 1 rules found');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
