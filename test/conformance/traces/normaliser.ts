import { isJson, type Json } from './trace.js';

const HASH_KEYS = ['pod-template-hash', 'controller-revision-hash', 'controller.kubernetes.io/hash', 'currentRevision', 'updateRevision'];
const HASH = /(?:^|-)([bcdfghjklmnpqrstvwxz2456789]{6,10})$/;
const AGE = /^(\d+[smhdy])+$/;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

type Unstable = 'uid' | 'rv' | 'hash' | 'ip' | 'port';

/**
 * Gives values that differ from run to run names, in the order in which one scenario shows them: that a uid is the same as before is checked,
 * its digits are not.
 */
export class Normaliser {
  readonly #named = new Map<Unstable, Map<unknown, string>>();
  /** Names that the server has made, with the prefix they were made from. */
  readonly #generated = new Map<string, string>();

  /** @param webhookPort of the scenario's webhook, which stands in messages */
  constructor(private readonly webhookPort?: number) {}

  /** An answer, event or recorded call. */
  normal(value: unknown): unknown {
    this.#learn(value);
    return this.#value(value, undefined, false);
  }

  /** A text by itself. */
  text(given: string): string {
    let text = given;
    for (const [name, prefix] of this.#generated) text = text.replaceAll(name, `${prefix}<generated>`);
    for (const kind of ['hash', 'uid'] as const) for (const [value, name] of this.#named.get(kind) ?? []) text = text.replaceAll(String(value), name);
    text = text
      .replace(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<generated>')
      .replace(/(?<=[a-z0-9])\.[0-9a-f]{16}\b/g, '.<event>')
      .replace(/\b10\.96\.\d{1,3}\.\d{1,3}\b(?!\/)/g, (address) => this.#name('ip', address))
      .replace(/(resourceVersion\\*"?: ?\\*")\d+/g, '$1<rv>')
      .replace(/\n@@ -\d+[\s\S]*$/, '\n<diff>')
      .replace(/too old resource version: \d+ \(\d+\)/gi, 'too old resource version: <rv> (<rv>)')
      .replace(/(too large resource version: \d+, current:) \d+/gi, '$1 <rv>')
      .replace(/(ResourceVersion in (?:precondition|object meta):) \d+/g, '$1 <rv>')
      .replace(/(ResourceVersion in (?:the precondition|record)) \(\d+\)/g, '$1 (<rv>)')
      .replace(/:3[0-2]\d{3}(?=\/(?:TCP|UDP|SCTP)\b)/g, ':<port>')
      .replace(UID, (uid) => this.#name('uid', uid))
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replace(/\bselfType\d+/g, 'selfType<n>')
      .replace(/\bhash=[0-9A-F]{32,}/g, 'hash=<hash>');
    return this.webhookPort === undefined ? text : text.replaceAll(`127.0.0.1:${this.webhookPort}`, '127.0.0.1:<port>');
  }

  #name(kind: Unstable, value: unknown): string {
    let names = this.#named.get(kind);
    if (!names) this.#named.set(kind, (names = new Map()));
    let name = names.get(value);
    if (name === undefined) names.set(value, (name = `<${kind} ${names.size + 1}>`));
    return name;
  }

  /** Hashes and generated names stand in other texts too, so they are looked for before anything is written down. */
  #learn(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#learn(item);
    if (!isJson(value)) return;
    for (const key of HASH_KEYS) {
      const hash = typeof value[key] === 'string' ? HASH.exec(value[key])?.[1] : undefined;
      if (hash !== undefined) this.#name('hash', hash);
    }
    const { name, generateName } = value;
    if (generateName && isGenerated(name, generateName) && !this.#generated.has(name)) this.#generated.set(name, generateName as string);
    for (const item of Object.values(value)) this.#learn(item);
  }

  #value(value: unknown, key: string | number | undefined, isCell: boolean): unknown {
    if (Array.isArray(value)) {
      if (key === 'cells') return value.map((cell: unknown) => (typeof cell === 'string' && AGE.test(cell) ? '<age>' : this.#value(cell, 'cell', true)));
      const items = key === 'managedFields' ? [...value].sort(byWriter) : value;
      return items.filter((item) => !isOfOneVendor(item)).map((item, index) => this.#value(item, index, isCell));
    }
    if (isJson(value)) return this.#object(value, key, isCell);
    return typeof value === 'string' ? this.text(value) : value;
  }

  #object(value: Json, key: string | number | undefined, isCell: boolean): Json {
    const isOfList = key === 'metadata' && 'resourceVersion' in value && !('name' in value) && !('uid' in value);
    const entries = Object.keys(value).sort().map((name): [string, unknown] => {
      const item = value[name];
      const isText = typeof item === 'string' && item !== '';
      if (name === 'resourceVersion' && isText) return [name, isOfList ? '<list rv>' : this.#name('rv', item)];
      if (name === 'continue' && isText) return [name, '<continue>'];
      if (name === 'remainingItemCount') return [name, item];
      if (name === 'name' && isGenerated(item, value.generateName)) return [name, `${this.text(value.generateName as string)}<generated>`];
      if (name === 'caBundle') return [name, '<ca>'];
      if ((name === 'nodePort' || name === 'healthCheckNodePort') && Number(item) >= 30000 && Number(item) <= 32767) return [name, this.#name('port', item)];
      return [name.startsWith('k:{"uid"') ? this.text(name) : name, this.#value(item, name, isCell)];
    });
    return Object.fromEntries(entries);
  }
}

function isGenerated(name: unknown, prefix: unknown): name is string {
  return typeof name === 'string' && typeof prefix === 'string' && name.startsWith(prefix) && /^[a-z0-9]{5}$/.test(name.slice(prefix.length));
}

/** The server that was recorded mounts one more certificate into every pod than others do. */
function isOfOneVendor(item: unknown): boolean {
  return isJson(item) && isJson(item.configMap) && item.configMap.name === 'openshift-service-ca.crt';
}

/** Entries are ordered by time, in seconds; here by everything else. */
function byWriter(a: unknown, b: unknown): number {
  for (const key of ['operation', 'manager', 'apiVersion', 'subresource']) {
    const [left, right] = [a, b].map((entry) => String((entry as Json | undefined)?.[key] ?? ''));
    if (left !== right) return left! < right! ? -1 : 1;
  }
  return 0;
}
