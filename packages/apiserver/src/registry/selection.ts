import { ApiError, badRequest, matchesFields, matchesLabels, parseFieldSelector, parseLabelSelector, type FieldRequirement, type KubeObject, type LabelRequirement } from '@kubewright/api';

import type { ResourceInfo } from './resource.js';

/** Which objects of a resource a request is about. */
export interface Selection {
  /** Whether it selects at all. */
  readonly isEverything: boolean;
  /** Set when the selection can hold one object only. */
  readonly name: string | undefined;
  /** Set when all selected objects are in one namespace. */
  readonly namespace: string | undefined;
  matches(object: KubeObject): boolean;
}

const EVERYTHING: Selection = { isEverything: true, name: undefined, namespace: undefined, matches: () => true };

/** @throws ApiError BadRequest for a selector that does not parse or names a field that can not be selected by */
export function parseSelection(resource: ResourceInfo, labelSelector: string, fieldSelector: string): Selection {
  if (labelSelector === '' && fieldSelector === '') return EVERYTHING;
  const labels: LabelRequirement[] = labelSelector === '' ? [] : parsed(() => parseLabelSelector(labelSelector));
  const fields: FieldRequirement[] = fieldSelector === '' ? [] : parsed(() => parseFieldSelector(fieldSelector));
  for (const { field } of fields) if (!isSelectable(resource, field)) throw badRequest(unsupported(resource, field));
  if (labels.length === 0 && fields.length === 0) return EVERYTHING;
  const { selectableFields } = resource.strategy;
  const exactly = (field: string): string | undefined => fields.find((requirement) => requirement.field === field && requirement.operator === '=' && requirement.value !== '')?.value;
  return {
    isEverything: false,
    name: exactly('metadata.name'),
    namespace: exactly('metadata.namespace'),
    matches: (object) => matchesLabels(labels, object.metadata.labels ?? {}) && matchesFields(fields, (field) => valueOf(object, field, selectableFields)),
  };
}

function valueOf(object: KubeObject, field: string, selectable: ResourceInfo['strategy']['selectableFields']): string {
  if (field === 'metadata.name') return object.metadata.name ?? '';
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return selectable[field]?.(object) ?? '';
}

function isSelectable(resource: ResourceInfo, field: string): boolean {
  if (field === 'metadata.name') return true;
  if (field === 'metadata.namespace') return resource.namespaced || resource.custom;
  return Object.hasOwn(resource.strategy.selectableFields, field);
}

/** Kinds with selectable fields of their own convert labels themselves and answer in another text than the rest. */
function unsupported(resource: ResourceInfo, field: string): string {
  if (resource.custom || Object.keys(resource.strategy.selectableFields).length > 0) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}
