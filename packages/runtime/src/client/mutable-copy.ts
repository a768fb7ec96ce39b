import { cloneJson } from '@kubewright/api';

/** What a {@link DeepReadonly} was made from: no field is readonly. */
export type Mutable<T> = T extends Primitive ? T : T extends readonly (infer E)[] ? Mutable<E>[] : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** First, because helper types such as Int32 are primitives with a mark, which count as objects, too. */
type Primitive = string | number | boolean | bigint | null | undefined;

/**
 * A copy of what was read, to be changed: it shares nothing with the original, and its type has no readonly fields, which `structuredClone` does not
 * know how to say. Controller-runtime's `DeepCopy`. For a change of a field or two a spread does, and copies less.
 *
 * @example
 * const config = mutableCopy(await client.get(ConfigMap, name));
 * config.data = { ...config.data, seen: 'yes' };
 * await client.update(ConfigMap, config);
 */
export function mutableCopy<T extends object>(object: T): Mutable<T> {
  return cloneJson(object) as Mutable<T>;
}
