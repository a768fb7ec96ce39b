import type { JSONSchemaProps } from '@kubewright/api';

import { coreType, coreTypesWithProperties } from '../schema/core-types.js';
import { canonical, typePart, withoutDescriptions } from './normal-schema.js';

/** A built-in type by the module and the name that it is imported under. */
export interface CoreShape {
  readonly module: string;
  readonly name: string;
}

/** Groups whose types are used inside of other types, most used first. */
const FOLDERS = ['meta/v1', 'core/v1', 'apps/v1', 'batch/v1', 'networking/v1', 'rbac/v1', 'policy/v1', 'storage/v1'];
const META = new Set(['Condition', 'LabelSelector', 'LabelSelectorRequirement', 'OwnerReference']);
/** Parts of other types that no module exports. */
const UNEXPORTED = /List$|^(?:ProbeHandler|VolumeSource)$/;

/**
 * The built-in type that a schema is, descriptions aside. Several types may look alike (`SecretKeySelector`, `ConfigMapKeySelector`); then
 * the name of the property decides.
 *
 * @param schema without what belongs to the place where it is used
 */
export function coreShapeOf(schema: JSONSchemaProps, propertyName: string): CoreShape | undefined {
  const names = Object.keys(schema.properties ?? {});
  const candidates = coreTypesWithProperties(names).flatMap((key) => {
    const [folder = '', name = ''] = key.split('.');
    const rank = FOLDERS.indexOf(folder);
    const isUsable = folder === 'meta/v1' ? META.has(name) : rank >= 0 && !UNEXPORTED.test(name);
    return isUsable ? [{ key, folder, name, rank }] : [];
  });
  if (candidates.length === 0) return undefined;
  const wanted = canonical(withoutDescriptions(schema));
  const fitting = candidates
    .filter(({ key }) => canonicalCoreType(key) === wanted)
    .map((one) => ({ ...one, likeness: likeness(one.name, propertyName) }))
    // With one or two properties likeness of shape is chance, unless the name agrees.
    .filter((one) => names.length > 2 || one.likeness > 0 || COMMON.has(one.name))
    .sort((a, b) => b.likeness - a.likeness || a.rank - b.rank || Number(COMMON.has(b.name)) - Number(COMMON.has(a.name)) || (a.name < b.name ? -1 : 1));
  const [best] = fitting;
  return best && { module: best.folder === 'meta/v1' ? '@kubewright/api' : `@kubewright/api/${best.folder}`, name: best.name };
}

const COMMON = new Set(['LocalObjectReference', 'SecretKeySelector', 'LabelSelector', 'LabelSelectorRequirement', 'EnvVar', 'ResourceRequirements']);

const known = new Map<string, string>();

function canonicalCoreType(key: string): string {
  let text = known.get(key);
  if (text === undefined) known.set(key, (text = canonical(withoutDescriptions(typePart(coreType(key) ?? {})))));
  return text;
}

/** How many words of the type's name the property's name has. */
function likeness(typeName: string, propertyName: string): number {
  const property = propertyName.toLowerCase();
  const words = typeName.match(/[A-Z][a-z0-9]+|[A-Z]+(?![a-z])/g) ?? [];
  const found = words.filter((word) => property.includes(word.toLowerCase().slice(0, Math.max(3, word.length - 1)))).length;
  return property === typeName.toLowerCase() || property === `${typeName.toLowerCase()}s` ? words.length + 1 : found;
}
