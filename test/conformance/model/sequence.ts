import { isDeepStrictEqual } from 'node:util';

import { ApiServer } from '@kubewright/apiserver';
import { FakeClock, readAll, SeededRandom, type Transport } from '@kubewright/platform';

import { expected, NAME, ordered, type Expected, type ModelKind, type ModelRequest, type Stored } from './expected.js';
import { gadget, widget, widgetSpec, widgetStatus } from './kinds.js';
import type { Conflict } from './ownership.js';
import { schemaOf, struct, type Json, type JsonMap } from './shape.js';
import { placeText, readFieldsV1 } from './typed-merge.js';

const TYPES = { apply: 'application/apply-patch+yaml', merge: 'application/merge-patch+json', json: 'application/json-patch+json', strategic: 'application/strategic-merge-patch+json' };
const OTHER_UID = '11111111-2222-3333-4444-555555555555';

interface Answer {
  readonly status: number;
  readonly body: JsonMap;
}

/** A server and the rules, asked the same. */
export class Differential {
  readonly clock = new FakeClock();
  readonly #server = new ApiServer({ clock: this.clock, random: new SeededRandom(1) });
  #transport!: Transport;
  #names = 0;

  async start(): Promise<void> {
    await this.#server.start();
    this.#transport = this.#server.transport();
    for (const kind of [widget, gadget]) {
      const openAPIV3Schema = schemaOf(struct({ spec: widgetSpec, status: widgetStatus }));
      const { status, body } = await this.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${kind.plural}.${kind.group}` },
        spec: { group: kind.group, scope: 'Namespaced', names: { plural: kind.plural, kind: kind.kind }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...(kind.hasStatus && { subresources: { status: {} } }) }] },
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
    }
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  /** Sends the requests one after the other to an object of its own. @throws Error at the first answer that the rules do not expect */
  async run(kind: ModelKind, requests: readonly ModelRequest[]): Promise<void> {
    const object = new TrackedObject(this, kind, `w${this.#names++}`);
    try {
      for (const [index, request] of requests.entries()) {
        await this.clock.advance(1_000);
        const problem = await object.send(request);
        if (problem !== undefined) throw new Error(`request ${index + 1} (${request.verb}): ${problem}`);
      }
    } finally {
      await object.remove();
    }
  }

  async call(method: string, path: string, body?: Json, type = 'application/json'): Promise<Answer> {
    const response = await this.#transport.dispatch({ method, path, headers: { 'content-type': type }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
    return { status: response.status, body: JSON.parse(Buffer.from(await readAll(response.body)).toString()) as JsonMap };
  }
}

/** One object on the server, and what the rules say of it. */
class TrackedObject {
  #stored: Stored | undefined;
  #uid = OTHER_UID;
  #version = '0';
  #oldVersion = '1';

  constructor(private readonly on: Differential, private readonly kind: ModelKind, private readonly name: string) {}

  /** Leaves nothing for the next sequence. */
  async remove(): Promise<void> {
    await this.on.call('DELETE', this.#path());
  }

  /** @returns what differs from the rules */
  async send(request: ModelRequest): Promise<string | undefined> {
    const now = `${new Date(this.on.clock.now()).toISOString().slice(0, 19)}Z`;
    const wanted = expected(this.kind, this.#stored, request, now);
    const answer = await this.#ask(request);
    if (answer.status !== wanted.status) return `answers ${answer.status} (${String(answer.body['message'])}), not ${wanted.status} ${wanted.says ?? ''}`;
    if (answer.status >= 400) {
      const problem = refusalProblem(answer.body, wanted, this.kind.apiVersion);
      if (problem !== undefined) return problem;
    } else if (wanted.stored) {
      const problem = this.#contentProblem(answer.body, wanted.stored);
      if (problem !== undefined) return `the answer ${problem}`;
    }
    if (request.dryRun || wanted.status >= 400) return this.#checkStored();
    return this.#accept(wanted.stored, answer.body);
  }

  /** Takes over what is stored now, once the server has it as well. */
  async #accept(next: Stored | undefined, shown: JsonMap): Promise<string | undefined> {
    const [before, version] = [this.#stored, this.#version];
    this.#stored = next;
    if (!next) return this.#checkStored();
    const metadata = shown['metadata'] as JsonMap;
    const isKept = before !== undefined && before.revision === next.revision;
    if (isKept !== (metadata['resourceVersion'] === version)) return isKept ? 'writes, though nothing changed' : 'does not write';
    if (!before === (metadata['uid'] === this.#uid)) return 'has the wrong uid';
    if (!isKept) this.#oldVersion = version === '0' ? '1' : version;
    this.#version = metadata['resourceVersion'] as string;
    this.#uid = metadata['uid'] as string;
    return this.#checkStored();
  }

  async #checkStored(): Promise<string | undefined> {
    const { status, body } = await this.on.call('GET', this.#path());
    if (!this.#stored) return status === 404 ? undefined : 'leaves an object';
    if (status !== 200) return 'loses the object';
    if ((body['metadata'] as JsonMap)['resourceVersion'] !== this.#version) return 'stores another resourceVersion than it shows';
    const problem = this.#contentProblem(body, this.#stored);
    return problem && `what is stored ${problem}`;
  }

  #contentProblem(body: JsonMap, wanted: Stored): string | undefined {
    const { metadata, ...rest } = body as JsonMap & { metadata: JsonMap };
    const { uid: _u, resourceVersion: _r, creationTimestamp: _c, generation, managedFields = [], ...named } = metadata;
    const object = { ...rest, metadata: { ...named, name: NAME } };
    if (!isDeepStrictEqual(sorted(object), sorted(wanted.object))) return `is ${JSON.stringify(object)}, not ${JSON.stringify(wanted.object)}`;
    if (this.kind.hasGeneration && generation !== wanted.generation) return `has generation ${String(generation)}, not ${wanted.generation}`;
    const [given, owners] = [managedFields as JsonMap[], ordered(wanted.shares)].map((entries) => entries.map((entry) => ownerText(entry as JsonMap, this.kind)));
    return isDeepStrictEqual(given, owners) ? undefined : `has owners\n${given!.join('\n')}\nnot\n${owners!.join('\n')}`;
  }

  #ask(request: ModelRequest): Promise<Answer> {
    const { kind } = this;
    const query = `?fieldManager=${request.manager}${request.dryRun ? '&dryRun=All' : ''}`;
    const uid = request.uid === 'none' ? undefined : request.uid === 'live' && this.#stored ? this.#uid : OTHER_UID;
    const resourceVersion = request.version === 'none' ? undefined : request.version === 'live' && this.#stored ? this.#version : this.#oldVersion;
    const claims: JsonMap = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
    const path = `${this.#path()}${request.subresource === '' ? '' : `/${request.subresource}`}${query}`;
    const withClaims = (content: JsonMap, more: JsonMap = {}): JsonMap => ({ ...content, metadata: { ...(content['metadata'] as JsonMap | undefined), ...claims, ...more } });
    const whole = (content: JsonMap): JsonMap => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...withClaims(content, { name: this.name, namespace: 'default' }) });
    switch (request.verb) {
      case 'create': return this.on.call('POST', `${this.#collection()}${query}`, whole({ ...request.content, metadata: { ...(request.content['metadata'] as JsonMap | undefined) } }));
      case 'update': return this.on.call('PUT', path, whole(request.content));
      case 'apply': return this.on.call('PATCH', `${path}${request.force ? '&force=true' : ''}`, whole(request.content), TYPES.apply);
      case 'merge': case 'strategic': return this.on.call('PATCH', path, withClaims(request.content), TYPES[request.verb]);
      case 'forget': return this.on.call('PATCH', path, withClaims({}, { managedFields: [{}] }), TYPES.merge);
      case 'json': return this.on.call('PATCH', path, [...Object.entries(claims).map(([name, value]) => ({ op: 'replace', path: `/metadata/${name}`, value })), ...request.steps] as unknown as Json, TYPES.json);
      case 'delete': return this.on.call('DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: claims, ...(request.dryRun && { dryRun: ['All'] }) });
    }
  }

  #collection(): string {
    const { group, apiVersion, plural } = this.kind;
    return `${group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`}/namespaces/default/${plural}`;
  }

  #path(): string {
    return `${this.#collection()}/${this.name}`;
  }
}

function refusalProblem(status: JsonMap, { conflicts, says = '' }: Expected, apiVersion: string): string | undefined {
  const message = String(status['message']);
  if (!conflicts) return message.includes(says) ? undefined : `says "${message}", not "${says}"`;
  const causes = ((status['details'] as JsonMap)['causes'] as JsonMap[]).map(({ message: text, field }) => `${String(text)}: ${String(field)}`).sort();
  const wanted = conflicts.map((conflict) => `conflict with ${writerText(conflict, apiVersion)}: ${placeText(conflict.place)}`).sort();
  if (!isDeepStrictEqual(causes, wanted)) return `conflicts\n${causes.join('\n')}\nnot\n${wanted.join('\n')}`;
  const lines = conflictLines(conflicts, (conflict) => writerText(conflict, apiVersion));
  return isDeepStrictEqual(message.split('\n').sort(), [...lines].sort()) ? undefined : `says\n${message}\nnot\n${lines.join('\n')}`;
}

function conflictLines(conflicts: readonly Conflict[], textOf: (conflict: Conflict) => string): readonly string[] {
  if (conflicts.length === 1) return [`Apply failed with 1 conflict: conflict with ${textOf(conflicts[0]!)}: ${placeText(conflicts[0]!.place)}`];
  const writers = [...new Set(conflicts.map(textOf))].sort();
  const lines = writers.flatMap((writer) => [`conflicts with ${writer}:`, ...conflicts.filter((conflict) => textOf(conflict) === writer).map(({ place }) => `- ${placeText(place)}`)]);
  return [`Apply failed with ${conflicts.length} conflicts: ${lines[0]}`, ...lines.slice(1)];
}

function writerText({ writer: { manager, operation, subresource } }: Conflict, apiVersion: string): string {
  const name = subresource === '' ? `"${manager}"` : `"${manager}" with subresource "${subresource}"`;
  return operation === 'Apply' ? name : `${name} using ${apiVersion}`;
}

function ownerText(entry: JsonMap, { apiVersion }: ModelKind): string {
  const { manager, operation, subresource = '', time = '', fieldsV1, places, fieldsType = 'FieldsV1' } = entry as JsonMap & { places?: ReadonlySet<string> };
  const owned = places ?? readFieldsV1(fieldsV1 as JsonMap);
  return [operation, manager, subresource, time, fieldsType, entry['apiVersion'] ?? apiVersion, [...owned].map(placeText).sort().join(' ')].join(' | ');
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted((value as JsonMap)[name]!)]));
}
