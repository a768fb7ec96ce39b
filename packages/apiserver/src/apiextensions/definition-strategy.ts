import { GoDecodeError, badRequest, deepEqual, formatTime, readAsGo, readObjectMeta, type KubeObject } from '@kubewright/api';

import type { Strategy } from '../registry/resource.js';
import { CLEANUP_FINALIZER, type Definition, type DefinitionVersion } from './definition.js';
import { DEFINITION } from './definition-shape.js';
import { setCondition } from './definition-status.js';
import { definitionWarnings } from './definition-warnings.js';
import { validateDefinition, validateDefinitionUpdate, validateStatus } from './validate-definition.js';

/** The resource `customresourcedefinitions.apiextensions.k8s.io` itself. */
export const definitionStrategy: Strategy = {
  prune: readDefinition,
  applyDefaults(object) {
    const { spec } = asDefinition(object);
    const { names } = spec;
    if (!names.singular && names.kind) names.singular = names.kind.toLowerCase();
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareForCreate(object) {
    const definition = asDefinition(object);
    definition.status = { conditions: null as never, acceptedNames: { plural: '', kind: '' }, storedVersions: null as never };
    definition.metadata.generation = 1;
    rememberStorageVersion(definition);
  },
  prepareForUpdate(object, oldObject, subresource) {
    const [definition, old] = [asDefinition(object), asDefinition(oldObject)];
    if (subresource === 'status') {
      definition.spec = old.spec;
      return;
    }
    definition.status = structuredClone(old.status);
    rememberStorageVersion(definition);
    if (!deepEqual(definition.spec, old.spec)) definition.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validate: (object) => validateDefinition(asDefinition(object)),
  validateUpdate: (object, old, subresource) =>
    (subresource === 'status' ? validateStatus(asDefinition(object)) : validateDefinitionUpdate(asDefinition(object), asDefinition(old))),
  warnings: (object, old) => definitionWarnings(asDefinition(object), old && asDefinition(old)),
  beginDeletion(object, now) {
    const definition = asDefinition(object);
    definition.metadata.deletionTimestamp = formatTime(new Date(now));
    const finalizers = definition.metadata.finalizers ?? [];
    if (!finalizers.includes(CLEANUP_FINALIZER)) definition.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
    setCondition(definition, {
      type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    }, now);
  },
  allowUnconditionalUpdate: false,
  selectableFields: {},
};

/**
 * Reads a definition, in place, as the server's own type: unknown and empty fields go, obligatory ones get their zero value.
 * @returns the paths of the unknown fields
 * @throws ApiError BadRequest for a value of a wrong type
 */
function readDefinition(object: KubeObject): string[] {
  const { version, kind } = { version: 'v1', kind: 'CustomResourceDefinition' };
  try {
    const { metadata, ...rest } = object;
    const read = readAsGo(rest, DEFINITION);
    const meta = metadata === undefined || metadata === null ? undefined : readObjectMeta(metadata);
    for (const key of Object.keys(rest)) delete (object as unknown as Record<string, unknown>)[key];
    Object.assign(object, read.value, { metadata: meta?.metadata ?? {} });
    return [...(meta?.unknown ?? []), ...read.unknown];
  } catch (error) {
    if (error instanceof GoDecodeError) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
    throw error;
  }
}

function rememberStorageVersion(definition: Definition): void {
  const storage = (definition.spec.versions ?? []).find((version: DefinitionVersion) => version.storage)?.name;
  const { status } = definition;
  if (storage === undefined || status === undefined || status.storedVersions?.includes(storage)) return;
  status.storedVersions = [...(status.storedVersions ?? []), storage];
}

function asDefinition(object: KubeObject): Definition {
  return object as Definition;
}
