import type { KubeObject } from '@kubewright/api';

/**
 * Makes what is stored of what the server sent. It owns the object and may change it. What it takes away, reads from the cache do not have:
 * patch such objects, or read them from the API server before an update. It must not wait, and must leave name and namespace alone.
 */
export type Transform = (object: KubeObject) => KubeObject;

/** A field: `spec.nodeName`; as a list where a key has dots in it: `['metadata', 'annotations', 'example.com/notes']`. */
export type FieldPath = string | readonly string[];

/**
 * Keeps metadata and the fields named, and nothing else: a projection.
 *
 * @example
 * cache: { kinds: [{ kind: Pod, transform: keepFields('spec.nodeName', 'status.phase') }] }
 */
export function keepFields(...paths: readonly FieldPath[]): Transform {
  const parts = paths.map(partsOf);
  return (object) => {
    const { apiVersion, kind, metadata } = object;
    const kept: Fields = { apiVersion, kind, metadata };
    for (const path of parts) {
      const value = path.reduce<unknown>((at, part) => (isFields(at) ? at[part] : undefined), object);
      if (value === undefined) continue;
      let at = kept;
      for (const part of path.slice(0, -1)) at = (isFields(at[part]) ? at[part] : (at[part] = {})) as Fields;
      at[path.at(-1)!] = value;
    }
    return kept as unknown as KubeObject;
  };
}

/** Takes the fields named away. Objects on the way are made anew, since removing a member turns an object into something several times its size. */
export function dropFields(...paths: readonly FieldPath[]): Transform {
  const parts = paths.map(partsOf);
  return (object) => parts.reduce<unknown>(without, object) as KubeObject;
}

/** What kubectl apply leaves on objects; often as large as the object itself. */
export const dropLastApplied: Transform = dropFields(['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration']);

type Fields = Record<string, unknown>;

function without(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (!isFields(value) || first === undefined || !Object.hasOwn(value, first)) return value;
  if (rest.length > 0) {
    const changed = without(value[first], rest);
    return changed === value[first] ? value : { ...value, [first]: changed };
  }
  const { [first]: _, ...others } = value;
  return others;
}

function partsOf(path: FieldPath): readonly string[] {
  return typeof path === 'string' ? path.split('.') : path;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
