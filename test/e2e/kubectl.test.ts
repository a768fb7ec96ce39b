import type { KubeObject } from '@kubewright/api';
import { Namespace, ServiceAccount } from '@kubewright/api/core/v1';
import { definitions } from '@kubewright/example-prometheus-operator/definitions';
import { mergePatch } from '@kubewright/runtime';
import { TestCluster } from '@kubewright/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Kubectl, kubectlProblem } from './kubectl.js';
import { Widget, widgetDefinition } from './widget.js';

const problem = kubectlProblem();
if (problem && process.env['CI'] === 'true') it('kubectl is there', () => expect(problem).toBeUndefined());
else if (problem) console.warn(`test/e2e/kubectl.test.ts is skipped: ${problem}`);

let cluster: TestCluster;
let kubectl: Kubectl;

describe.skipIf(problem)('kubectl', () => {
  beforeAll(async () => {
    cluster = await TestCluster.start({ definitions: [...definitions, widgetDefinition], port: 0 });
    kubectl = new Kubectl(cluster.kubeconfig());
  });
  afterAll(async () => {
    kubectl[Symbol.dispose]();
    await cluster.stop();
  });

  it('get prints the columns that the server says, for built-in and own kinds, and more of them with -o wide', async () => {
    const n = await namespace('get');
    await kubectl.output('apply', ...n, '-f', kubectl.file(web(2), prometheus()));
    await kubectl.output('wait', ...n, '--for=jsonpath={.status.readyReplicas}=2', 'statefulset/web', '--timeout=10s');
    const [short, wide, names, path, all] = await Promise.all([
      kubectl.output('get', ...n, 'sts,pods,prom'),
      kubectl.output('get', ...n, 'sts,pods,prom', '-o', 'wide'),
      kubectl.output('get', ...n, 'pods', '-l', 'app=web', '--field-selector', 'status.phase=Running', '-o', 'name'),
      kubectl.output('get', ...n, 'prometheuses.monitoring.coreos.com/main', '-o', 'jsonpath={.spec.replicas} {.metadata.generation}'),
      kubectl.output('get', 'pods', '-A', '--sort-by=.metadata.name', '--no-headers'),
    ]);
    expect(table(short)).toEqual([
      'NAME READY AGE', 'statefulset.apps/web 2/2 <age>', '',
      'NAME READY STATUS RESTARTS AGE', 'pod/web-0 1/1 Running 0 <age>', 'pod/web-1 1/1 Running 0 <age>', '',
      'NAME VERSION DESIRED READY RECONCILED AVAILABLE AGE', 'prometheus.monitoring.coreos.com/main v3.5.0 2 <age>',
    ]);
    expect(table(wide)).toEqual([
      'NAME READY AGE CONTAINERS IMAGES', 'statefulset.apps/web 2/2 <age> web nginx:1.27', '',
      'NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES',
      ...[0, 1].map((ordinal) => expect.stringMatching(new RegExp(`^pod/web-${ordinal} 1/1 Running 0 <age> 10\\.244\\.1\\.\\d+ node-1 <none> <none>$`)) as string), '',
      'NAME VERSION DESIRED READY RECONCILED AVAILABLE AGE PAUSED', 'prometheus.monitoring.coreos.com/main v3.5.0 2 <age>',
    ]);
    expect(names).toBe('pod/web-0\npod/web-1\n');
    expect(path).toBe('2 1');
    expect(table(all)).toEqual(['get web-0 1/1 Running 0 <age>', 'get web-1 1/1 Running 0 <age>']);
  });

  it('get says when there is nothing, and when there is no such thing', async () => {
    const n = await namespace('nothing');
    const [empty, missing, unknown] = await Promise.all([kubectl.run('get', ...n, 'prom'), kubectl.run('get', ...n, 'prom', 'main'), kubectl.run('get', ...n, 'gadgets')]);
    expect(empty).toEqual({ code: 0, stdout: '', stderr: 'No resources found in nothing namespace.\n' });
    expect(missing).toEqual({ code: 1, stdout: '', stderr: 'Error from server (NotFound): prometheuses.monitoring.coreos.com "main" not found\n' });
    expect(unknown).toEqual({ code: 1, stdout: '', stderr: 'error: the server doesn\'t have a resource type "gadgets"\n' });
  });

  it('get -o yaml and describe show the object with its defaults and events', async () => {
    const n = await namespace('show');
    await kubectl.output('apply', ...n, '-f', kubectl.file(web(1), prometheus()));
    await kubectl.output('wait', ...n, '--for=condition=Ready', '--timeout=10s', 'pod/web-0');
    const [yaml, own, pod, set] = await Promise.all([
      kubectl.output('get', ...n, 'prom', 'main', '-o', 'yaml'),
      kubectl.output('describe', ...n, 'prom', 'main'),
      kubectl.output('describe', ...n, 'pod', 'web-0'),
      kubectl.output('describe', ...n, 'sts', 'web'),
    ]);
    expect(yaml).toMatch(/^apiVersion: monitoring\.coreos\.com\/v1\nkind: Prometheus\nmetadata:\n  annotations:\n    kubectl\.kubernetes\.io\/last-applied-configuration: \|\n/);
    expect(yaml).toContain('\nspec:\n  evaluationInterval: 30s\n  portName: web\n  replicas: 2\n');
    expect(yaml).not.toContain('managedFields');
    expect(own).toMatch(/^Name: +main\nNamespace: +show\nLabels: +<none>\nAnnotations: +<none>\nAPI Version: +monitoring\.coreos\.com\/v1\nKind: +Prometheus\n/);
    expect(own).toMatch(/\nSpec:\n  Evaluation Interval: +30s\n(.*\n)*Events: +<none>\n$/);
    expect(pod).toMatch(/\nStatus: +Running\n(.*\n)*Controlled By: +StatefulSet\/web\n(.*\n)*QoS Class: +BestEffort\n/);
    expect(pod).toMatch(/Normal +Scheduled +.* +default-scheduler +Successfully assigned show\/web-0 to node-1\n(.*\n)* +Normal +Started +.* +kubelet +Started container web\n/);
    expect(set).toMatch(/\nReplicas: +1 desired \| 1 total\n(.*\n)*Pods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed\n/);
    expect(set).toMatch(/Normal +SuccessfulCreate +.* +statefulset-controller +Create Pod web-0 in StatefulSet web successful\n$/);
  });

  it('apply creates, leaves alone, and configures; what the file no longer says goes away', async () => {
    const n = await namespace('apply');
    const file = kubectl.file(web(1), prometheus());
    expect(lines(await kubectl.output('apply', ...n, '-f', file))).toEqual(['statefulset.apps/web created', 'prometheus.monitoring.coreos.com/main created']);
    expect(lines(await kubectl.output('apply', ...n, '-f', file))).toEqual(['statefulset.apps/web unchanged', 'prometheus.monitoring.coreos.com/main unchanged']);
    const changed = kubectl.file(web(1, { image: 'nginx:1.28' }), prometheus({ version: undefined, replicas: 3 }));
    expect(lines(await kubectl.output('apply', ...n, '-f', changed))).toEqual(['statefulset.apps/web configured', 'prometheus.monitoring.coreos.com/main configured']);
    const [image, spec] = await Promise.all([
      kubectl.output('get', ...n, 'sts', 'web', '-o', 'jsonpath={.spec.template.spec.containers[*].name} {.spec.template.spec.containers[*].image}'),
      kubectl.output('get', ...n, 'prom', 'main', '-o', 'jsonpath={.spec.replicas} {.spec.version} {.metadata.generation}'),
    ]);
    expect(image).toBe('web nginx:1.28');
    expect(spec).toBe('3  2');
  });

  it('apply tells what is wrong with a file before and after it asks the server', async () => {
    const n = await namespace('wrong');
    const [unknown, invalid] = await Promise.all([
      kubectl.run('apply', ...n, '-f', kubectl.file({ ...prometheus(), spec: { replicas: 1, replicaz: 2 } })),
      kubectl.run('apply', ...n, '-f', kubectl.file({ apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'big' }, spec: { size: 101 } })),
    ]);
    expect(unknown.stderr).toMatch(/Error from server \(BadRequest\): error when creating ".*": Prometheus in version "v1" cannot be handled as a Prometheus: strict decoding error: unknown field "spec\.replicaz"\n$/);
    expect(invalid.stderr).toMatch(/The Widget "big" is invalid: spec\.size: Invalid value: 101: spec\.size in body should be less than or equal to 100\n$/);
    expect([unknown.code, invalid.code]).toEqual([1, 1]);
    expect((await kubectl.run('get', ...n, 'prom,widgets')).stderr).toBe('No resources found in wrong namespace.\n');
  });

  it('apply --server-side owns what it says, and names the owner of what others say', async () => {
    const n = await namespace('server-side');
    const file = kubectl.file(web(1), prometheus());
    expect(lines(await kubectl.output('apply', ...n, '--server-side', '-f', file))).toEqual(['statefulset.apps/web serverside-applied', 'prometheus.monitoring.coreos.com/main serverside-applied']);
    const managers = await kubectl.output('get', ...n, 'prom', 'main', '--show-managed-fields', '-o', 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1}{end}');
    expect(managers).toBe('kubectl Apply {"f:spec":{"f:replicas":{},"f:version":{}}}');

    const conflict = await kubectl.run('apply', ...n, '--server-side', '--field-manager=other', '-f', kubectl.file(prometheus({ replicas: 5 })));
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toMatch(/^error: Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas\nPlease review the fields above/);
    await kubectl.output('apply', ...n, '--server-side', '--force-conflicts', '--field-manager=other', '-f', kubectl.file(prometheus({ replicas: 5 })));
    expect(await kubectl.output('get', ...n, 'prom', 'main', '-o', 'jsonpath={.spec.replicas}')).toBe('5');
  });

  it('scale reads and writes the scale of built-in and own kinds, and waits for what was expected', async () => {
    const n = await namespace('scale');
    await kubectl.output('apply', ...n, '-f', kubectl.file(web(1), prometheus(), { apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1, replicas: 1 } }));
    expect(await Promise.all([
      kubectl.output('scale', ...n, 'statefulset', 'web', '--replicas=2'),
      kubectl.output('scale', ...n, 'widget', 'w', '--replicas=4'),
      kubectl.output('scale', ...n, 'prometheus', 'main', '--replicas=2'),
    ])).toEqual(['statefulset.apps/web scaled\n', 'widget.demo.example.com/w scaled\n', 'prometheus.monitoring.coreos.com/main scaled\n']);
    const [replicas, shards, expected] = await Promise.all([
      kubectl.output('get', ...n, 'wd', 'w', '-o', 'jsonpath={.spec.replicas}'),
      kubectl.output('get', ...n, 'prom', 'main', '-o', 'jsonpath={.spec.shards} {.spec.replicas}'),
      kubectl.run('scale', ...n, 'widget', 'w', '--current-replicas=7', '--replicas=1'),
      kubectl.output('wait', ...n, '--for=jsonpath={.status.readyReplicas}=2', 'sts/web', '--timeout=10s'),
    ]);
    // The scale of a Prometheus is its shards, as with the real operator.
    expect([replicas, shards]).toEqual(['4', '2 2']);
    expect(expected).toMatchObject({ code: 1, stderr: 'error: Expected replicas to be 7, was 4\n' });
  });

  it('wait returns when a condition is met, and fails when it is not in time', async () => {
    const n = await namespace('wait');
    await kubectl.output('apply', ...n, '-f', kubectl.file({ apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } }));
    const met = kubectl.output('wait', ...n, '--for=condition=Ready', 'widget/w', '--timeout=10s');
    const late = kubectl.run('wait', ...n, '--for=condition=Degraded', 'widget/w', '--timeout=500ms');
    const ready = { type: 'Ready', status: 'True', reason: 'Done', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' } as const;
    await cluster.client.status.patch(Widget, { namespace: 'wait', name: 'w' }, mergePatch({ status: { conditions: [ready] } }));
    expect(await met).toBe('widget.demo.example.com/w condition met\n');
    expect(await late).toEqual({ code: 1, stdout: '', stderr: 'error: timed out waiting for the condition on widgets/w\n' });
    const gone = kubectl.output('wait', ...n, '--for=delete', 'widget/w', '--timeout=10s');
    await cluster.client.delete(Widget, { namespace: 'wait', name: 'w' });
    await gone;
  });

  it('delete waits until what it deletes is gone, with its dependents', async () => {
    const n = await namespace('delete');
    const file = kubectl.file(web(1), prometheus());
    await kubectl.output('apply', ...n, '-f', file);
    await kubectl.output('wait', ...n, '--for=jsonpath={.status.readyReplicas}=1', 'sts/web', '--timeout=10s');
    expect(lines(await kubectl.output('delete', ...n, '-f', file))).toEqual([expect.stringMatching(/^statefulset\.apps "web" deleted/), expect.stringMatching(/^prometheus\.monitoring\.coreos\.com "main" deleted/)]);
    await kubectl.output('wait', ...n, '--for=delete', 'pod/web-0', '--timeout=10s');
    const [again, ignored] = await Promise.all([kubectl.run('delete', ...n, '-f', file), kubectl.run('delete', ...n, '-f', file, '--ignore-not-found')]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/Error from server \(NotFound\): error when deleting ".*": statefulsets\.apps "web" not found/);
    expect(ignored).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('explain finds fields of built-in and own kinds', async () => {
    const [builtIn, own, deep] = await Promise.all([
      kubectl.output('explain', 'statefulset.spec.template.spec.containers'),
      kubectl.output('explain', 'prometheus.spec.replicas'),
      kubectl.output('explain', 'widgets.spec', '--recursive'),
    ]);
    expect(builtIn).toMatch(/^GROUP: +apps\nKIND: +StatefulSet\nVERSION: +v1\n\nFIELD: containers <\[\]Container>\n/);
    expect(builtIn).toMatch(/\n {2}image\t<string>\n/);
    expect(own).toBe('GROUP:      monitoring.coreos.com\nKIND:       Prometheus\nVERSION:    v1\n\nFIELD: replicas <integer>\n\n\nDESCRIPTION:\n    How many pods are wanted (for each shard).\n    \n\n');
    expect(deep).toMatch(/\nFIELDS:\n {2}colour\t<string>\n {2}enum: red, green\n {2}parts\t<\[\]Object>\n {4}name\t<string> -required-\n {4}weight\t<integer>\n {2}replicas\t<integer>\n {2}size\t<integer> -required-\n/);
  });

  it('takes the imperative commands, whose bodies are protobuf', async () => {
    expect(await kubectl.output('create', 'namespace', 'imperative')).toBe('namespace/imperative created\n');
    expect(await kubectl.output('create', 'configmap', 'c', '--from-literal=a=b', '-n', 'imperative')).toBe('configmap/c created\n');
    expect(await kubectl.output('create', 'deployment', 'd', '--image=nginx', '--replicas=2', '-n', 'imperative')).toBe('deployment.apps/d created\n');
    expect(await kubectl.output('get', 'deployment', 'd', '-n', 'imperative', '-o', 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}')).toBe('2 nginx');
    expect(await kubectl.output('auth', 'can-i', 'create', 'pods')).toBe('yes\n');
  });

  it('api-resources lists the kinds with their short names', async () => {
    const [own, verbs, apps] = await Promise.all([
      kubectl.output('api-resources', '--api-group=monitoring.coreos.com', '--no-headers'),
      kubectl.output('api-resources', '--api-group=monitoring.coreos.com', '-o', 'wide', '--sort-by=name', '--no-headers'),
      kubectl.output('api-resources', '--api-group=apps', '--no-headers'),
    ]);
    expect(table(own)).toEqual([
      'alertmanagerconfigs amcfg monitoring.coreos.com/v1beta1 true AlertmanagerConfig',
      'alertmanagers am monitoring.coreos.com/v1 true Alertmanager',
      'podmonitors pmon monitoring.coreos.com/v1 true PodMonitor',
      'probes prb monitoring.coreos.com/v1 true Probe',
      'prometheusagents promagent monitoring.coreos.com/v1alpha1 true PrometheusAgent',
      'prometheuses prom monitoring.coreos.com/v1 true Prometheus',
      'prometheusrules promrule monitoring.coreos.com/v1 true PrometheusRule',
      'scrapeconfigs scfg monitoring.coreos.com/v1alpha1 true ScrapeConfig',
      'servicemonitors smon monitoring.coreos.com/v1 true ServiceMonitor',
      'thanosrulers ruler monitoring.coreos.com/v1 true ThanosRuler',
    ]);
    const [, listed = ''] = /Prometheus +(\S+) +prometheus-operator\n/.exec(verbs) ?? [];
    expect(listed.split(',').sort()).toEqual(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']);
    expect(table(apps).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['controllerrevisions apps/v1', 'daemonsets ds', 'deployments deploy', 'replicasets rs', 'statefulsets sts']);
  });

  it('shows who may not do what', async () => {
    const n = await namespace('rules');
    await cluster.client.create(ServiceAccount, { metadata: { namespace: 'rules', name: 'reader' } });
    const account = ['--as', 'system:serviceaccount:rules:reader'];
    const [list, get, create] = await Promise.all([
      kubectl.run('get', ...n, 'prometheuses', ...account),
      kubectl.run('get', 'nodes', 'node-1', ...account),
      kubectl.run('create', ...n, '-f', kubectl.file(web(1)), ...account),
    ]);
    const who = 'User "system:serviceaccount:rules:reader" cannot';
    expect(list).toEqual({ code: 1, stdout: '', stderr: `Error from server (Forbidden): prometheuses.monitoring.coreos.com is forbidden: ${who} list resource "prometheuses" in API group "monitoring.coreos.com" in the namespace "rules"\n` });
    expect(get.stderr).toBe(`Error from server (Forbidden): nodes "node-1" is forbidden: ${who} get resource "nodes" in API group "" at the cluster scope\n`);
    expect(create.stderr).toMatch(new RegExp(`Error from server \\(Forbidden\\): error when creating ".*": statefulsets\\.apps is forbidden: ${who} create resource "statefulsets" in API group "apps" in the namespace "rules"\n$`));
  });
});

/** A namespace of a test's own, as an argument. */
async function namespace(name: string): Promise<['-n', string]> {
  await cluster.client.create(Namespace, { metadata: { name } });
  return ['-n', name];
}

function web(replicas: number, { image = 'nginx:1.27' } = {}): KubeObject {
  const labels = { app: 'web' };
  const spec = { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }], terminationGracePeriodSeconds: 0 };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' }, ...{ spec: { serviceName: 'web', replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } } };
}

function prometheus(change: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', metadata: { name: 'main' }, ...{ spec: { replicas: 2, version: 'v3.5.0', ...change } } };
}

function lines(text: string): string[] {
  return text.trimEnd().split('\n');
}

/** Lines with one space between columns, and `<age>` for ages. */
function table(text: string): string[] {
  return lines(text).map((line) => line.trim().replace(/\s{2,}/g, ' ').replace(/(?<= )\d+[smh](\d+[smh])?(?= |$)/, '<age>'));
}
