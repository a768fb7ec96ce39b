import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ApiError, JSONSchemaProps, KubeObject } from '@kubewright/api';
import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import { ApiServer, startCluster } from '@kubewright/apiserver';
import { formatDiagnostics, generate } from '@kubewright/crdgen';
import { realClock } from '@kubewright/platform';
import { KubewrightError, loadRestConfig, mergePatch } from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';

import { openedSince, openResources } from './open-resources.js';
import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });
const SCHEMA = 'spec.validation.openAPIV3Schema';

describe('a definition that can not be structural', () => {
  it.each<[string, JSONSchemaProps, string, string]>([
    ['a property without a type', spec({ a: {} }), `${SCHEMA}.properties[spec].properties[a].type`, 'Required value: must not be empty for specified object fields'],
    ['a type in a branch', spec({ a: { type: 'string', anyOf: [{ type: 'string' }] } }), `${SCHEMA}.properties[spec].properties[a].anyOf[0].type`, 'Forbidden: must be empty to be structural'],
    ['a property that a branch alone knows', { type: 'object', properties: { spec: { type: 'object' } }, oneOf: [{ properties: { spec: { properties: { a: {} } } } }] }, `${SCHEMA}.properties[spec].properties[a]`, 'Required value: because it is defined in'],
    ['a reference', spec({ a: { $ref: '#/definitions/other' } }), `${SCHEMA}.properties[spec].properties[a].$ref`, 'Forbidden: $ref is not supported'],
    ['properties beside additionalProperties', spec({ a: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: { type: 'string' } } }), `${SCHEMA}.properties[spec].properties[a].additionalProperties`, 'Forbidden: additionalProperties and properties are mutual exclusive'],
    ['a list without items', spec({ a: { type: 'array' } }), `${SCHEMA}.properties[spec].properties[a].items`, 'Required value: must be specified'],
    ['constraints on metadata', { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } }, `${SCHEMA}.properties[metadata]`, 'Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified'],
    ['a default of another type', spec({ a: { type: 'string', default: 5 } }), `${SCHEMA}.properties[spec].properties[a].default`, 'in body must be of type string'],
  ])('with %s is refused with the path, and nothing of it is stored', async (_what, schema, path, message) => {
    await using cluster = await TestCluster.start(quiet);
    const failure = await failureOf(cluster.client.create(CustomResourceDefinition, withSchema(schema)));
    expect(failure).toMatchObject({ httpStatus: 422, reason: 'Invalid', details: { name: 'widgets.demo.example.com', group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' } });
    const causes = failure.details?.causes ?? [];
    expect(causes.filter(({ field, message: text }) => field?.startsWith(path) && text?.includes(message)).length, failure.message).toBeGreaterThan(0);
    expect(failure.message).toContain(path);
    expect((await cluster.client.list(CustomResourceDefinition)).items).toEqual([]);
    await expect(cluster.client.list(Widget)).rejects.toMatchObject({ httpStatus: 404 });
  });

  it('names every problem at once', async () => {
    await using cluster = await TestCluster.start(quiet);
    const failure = await failureOf(cluster.client.create(CustomResourceDefinition, withSchema(spec({ a: {}, b: { type: 'array' }, c: { type: 'text' } }))));
    expect(new Set(failure.details?.causes?.map(({ field }) => field))).toEqual(new Set(['properties[a].type', 'properties[b].items', 'properties[c].type'].map((field) => `${SCHEMA}.properties[spec].${field}`)));
  });

  it('leaves the stored one as it was, when it is a change', async () => {
    await using cluster = await TestCluster.start({ ...quiet, definitions: [widgetDefinition] });
    await cluster.client.create(Widget, widget('a'));
    const before = await cluster.client.get(CustomResourceDefinition, { name: 'widgets.demo.example.com' });
    const { spec: refused } = withSchema(spec({ a: {} }));
    const failure = await failureOf(cluster.client.patch(CustomResourceDefinition, { name: 'widgets.demo.example.com' }, mergePatch({ spec: refused })));
    expect(failure.httpStatus).toBe(422);
    expect(await cluster.client.get(CustomResourceDefinition, { name: 'widgets.demo.example.com' })).toEqual(before);
    expect((await cluster.client.list(Widget)).items).toHaveLength(1);
  });
});

describe('a resource that breaks its schema', () => {
  it.each<[string, object, string, string]>([
    ['a value of another type', { size: 'large' }, 'spec.size', 'Invalid value: "string": spec.size in body must be of type integer: "string"'],
    ['a number above its maximum', { size: 101 }, 'spec.size', 'Invalid value: 101: spec.size in body should be less than or equal to 100'],
    ['a value outside its enum', { size: 1, colour: 'blue' }, 'spec.colour', 'Unsupported value: "blue": supported values: "red", "green"'],
    ['a required field that is missing', { size: null }, 'spec.size', 'Required value'],
    ['a field deep in a list', { size: 1, parts: [{ name: 'a' }, { name: 'B2' }] }, 'spec.parts[1].name', "Invalid value: \"B2\": spec.parts[1].name in body should match '^[a-z]+$'"],
  ])('with %s is refused with the field, and what is stored stays', async (_what, change, field, message) => {
    await using cluster = await TestCluster.start({ ...quiet, definitions: [widgetDefinition] });
    await cluster.client.create(Widget, widget('a'));
    const before = await cluster.client.get(Widget, at('a'));

    const changing = await failureOf(cluster.client.patch(Widget, at('a'), mergePatch({ spec: change })));
    expect(changing).toMatchObject({ httpStatus: 422, reason: 'Invalid', details: { name: 'a', group: 'demo.example.com', kind: 'Widget' } });
    expect(changing.details?.causes).toContainEqual(expect.objectContaining({ field, message }));
    expect(changing.message).toContain(`Widget.demo.example.com "a" is invalid: `);
    expect(await cluster.client.get(Widget, at('a'))).toEqual(before);

    const creating = await failureOf(cluster.client.create(Widget, { metadata: at('b'), spec: { size: 1, ...change } }));
    expect(creating.details?.causes).toContainEqual(expect.objectContaining({ field, message }));
    await expect(cluster.client.get(Widget, at('b'))).rejects.toMatchObject({ httpStatus: 404 });
  });
});

describe('a type that can not be expressed in a schema', () => {
  it.each<[string, string, string]>([
    ['a function', 'onChange: () => void;', '@ignore'],
    ['a Map', 'parts: Map<string, string>;', 'use Record<string, T>'],
    ['an array of fixed places', 'pair: [string, Int32];', 'an object'],
    ['a number of no stated size', 'weight: number;', 'say Int32'],
    ['text or number', 'size2: string | number;', 'use IntOrString'],
    ['anything', 'rest: unknown;', 'say JSONValue'],
    ['a name that nothing declares', 'other: Missing;', 'import or declare it'],
  ])('%s: the diagnostic shows code, place, line and cure, and no file is written', (_what, member, cure) => {
    using folder = new Folder();
    const source = ["import { CustomResource, type Int32 } from '@kubewright/api';", '', "@CustomResource({ group: 'demo.example.com', version: 'v1' })", 'export class Gadget {', `  spec!: { size: Int32; ${member} };`, '}', ''].join('\n');
    folder.write('gadget.ts', source);
    folder.write('good.ts', source.replace(member, '').replace('Gadget', 'Good'));
    const { files, diagnostics } = generate({ cwd: folder.path, entries: ['*.ts'] });

    expect(files).toEqual([]);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(1);
    const [error] = errors;
    expect(error).toMatchObject({ file: folder.file('gadget.ts'), line: 5 });
    expect(error!.code).toMatch(/^KW1\d{3}$/);
    const name = member.split(':')[0]!;
    const start = source.split('\n')[4]!.indexOf(member) + 1;
    expect(error!.column).toBeGreaterThanOrEqual(start);
    expect(error!.column).toBeLessThanOrEqual(start + member.length);
    const text = formatDiagnostics(diagnostics);
    expect(text).toContain(`${folder.file('gadget.ts')}:5:${error!.column} error ${error!.code}: `);
    expect(text).toMatch(new RegExp(`> 5 \\|.*${name}.*\\n +\\| +\\^`));
    expect(text).toContain(cure);
    expect(readdirSync(folder.path).sort()).toEqual(['gadget.ts', 'good.ts']);
  });
});

describe('a kubeconfig that is missing', () => {
  const nowhere = { clock: realClock, env: {}, home: '/nonexistent-home', serviceAccountDirectory: '/nonexistent-account' };

  it.each<[string, Parameters<typeof loadRestConfig>[0], string[]]>([
    ['the file that was asked for', { ...nowhere, kubeconfig: '/nowhere/config' }, ['/nowhere/config', 'does not exist', '--kubeconfig']],
    ['the files of KUBECONFIG', { ...nowhere, env: { KUBECONFIG: '/nowhere/a:/nowhere/b' } }, ['/nowhere/a, /nowhere/b', 'KUBECONFIG', 'unset it']],
    ['every place', nowhere, ['/nonexistent-home/.kube/config', 'KUBECONFIG is not set', 'no pod', 'Give a kubeconfig file']],
  ])('%s: one error says what, where, and what to try', async (_what, options, words) => {
    const failure: unknown = await loadRestConfig(options).then(() => undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(KubewrightError);
    const { code, message, hint } = failure as KubewrightError;
    expect(code).toBe('KW_KUBECONFIG_MISSING');
    for (const word of words) expect(`${message} ${hint}`).toContain(word);
    expect(existsSync('/nowhere')).toBe(false);
  });
});

describe('a port that is taken', () => {
  it('ApiServer.listen names it and the cure, and can listen elsewhere', async () => {
    await using other = await Listener.start();
    const before = openResources();
    const server = new ApiServer();
    await server.start();
    await expect(server.listen({ port: other.port })).rejects.toThrow(`port ${other.port} on 127.0.0.1 is taken: stop what listens there, choose another port, or use port 0 for a free one`);
    const { url } = await server.listen({ port: 0 });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await server.close();
    await eventually(() => expect(openedSince(before)).toEqual([]));
  });

  it('startCluster names it, and leaves no timer and no socket', async () => {
    await using other = await Listener.start();
    const before = openResources();
    await expect(startCluster({ port: other.port })).rejects.toThrow(`port ${other.port} on 127.0.0.1 is taken: `);
    await eventually(() => expect(openedSince(before)).toEqual([]));
    // Whoever has the port was not disturbed.
    expect(other.port).toBeGreaterThan(0);
  });

  it('a cluster that is stopped leaves its port free, and nothing open', async () => {
    const before = openResources();
    const first = await startCluster({ port: 0 });
    const port = Number(new URL(first.url!).port);
    await first.stop();
    const second = await startCluster({ port });
    expect(second.url).toBe(first.url);
    await second.stop();
    await eventually(() => expect(openedSince(before)).toEqual([]));
  });
});

function spec(properties: Record<string, JSONSchemaProps>): JSONSchemaProps {
  return { type: 'object', properties: { spec: { type: 'object', properties } } };
}

function withSchema(openAPIV3Schema: JSONSchemaProps) {
  const names = { kind: 'Widget', plural: 'widgets' };
  return {
    metadata: { name: 'widgets.demo.example.com' },
    spec: { group: 'demo.example.com', scope: 'Namespaced', names, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] },
  };
}

async function failureOf(request: Promise<KubeObject>): Promise<ApiError> {
  const outcome = await request.then((object) => ({ object }), (error: unknown) => ({ error: error as ApiError }));
  if ('object' in outcome) throw new Error(`was not refused: ${JSON.stringify(outcome.object)}`);
  return outcome.error;
}

/** An empty folder that is gone at the end. */
class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'kubewright-bad-input-'));

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Somebody else's server on a port of its own. */
class Listener implements AsyncDisposable {
  private constructor(private readonly server: Server, readonly port: number) {}

  static async start(): Promise<Listener> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Listener(server, (server.address() as { port: number }).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
