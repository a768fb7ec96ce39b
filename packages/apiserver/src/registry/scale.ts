/** The scale subresource: autoscaling/v1 Scale as a view of whatever has replicas. */
import { ApiError, badRequest, internalError, invalid, parseApiVersion, type KubeObject, type LabelSelector, type ManagedFieldsEntry } from '@kubewright/api';
import type { Scale } from '@kubewright/api/autoscaling/v1';

import { parentManagedFields, scaleManagedFields, updateManagedFields, type ReplicasPaths } from '../apply/index.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { copyJson } from '../storage/immutable.js';
import { selectorText as selectorTextOf } from '../table/cells/cells.js';
import { requestApiVersion } from './conversion.js';
import { namesOf, nestedField, setNestedField } from './nested-field.js';
import type { ResourceRegistry } from './resource-registry.js';
import type { RequestScope } from './request-scope.js';
import type { UpdatePlan } from './store.js';

/** What a Scale says it is. */
export const SCALE_KIND = { apiVersion: 'autoscaling/v1', kind: 'Scale' } as const;

interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** Custom resources keep the selector as text; built-in ones have it in their spec. */
  readonly labelSelectorPath?: string;
}

const BUILTIN_PATHS: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

/** What a custom resource without replicas shows to those who write its scale. */
const NOT_SET = -(2 ** 31);

/** The scale of an object. @throws ApiError InternalError for a custom resource that has no replicas */
export function readScale(object: KubeObject, scope: RequestScope): Scale & KubeObject {
  return scaleOf(object, scope, () => {
    throw internalError(`the spec replicas field ${JSON.stringify(pathsOf(scope).specReplicasPath)} does not exist`);
  });
}

function scaleOf(object: KubeObject, scope: RequestScope, withoutReplicas: () => number): Scale & KubeObject {
  const paths = pathsOf(scope);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const { custom } = scope.resource;
  const replicas = Number(valueAt(object, paths.specReplicasPath, 'int64') ?? (custom ? withoutReplicas() : 0));
  const status = Number(valueAt(object, paths.statusReplicasPath, 'int64') ?? 0);
  const selector = custom ? paths.labelSelectorPath && valueAt(object, paths.labelSelectorPath, 'string') : selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)) as KubeObject['metadata'],
    spec: replicas !== 0 ? { replicas: replicas | 0 } : {},
    status: { replicas: status | 0, ...(typeof selector === 'string' && selector !== '' && { selector }) },
  };
}

/**
 * An update of the object by its scale. `produce` makes the new scale of the present one.
 * @param kind of the write: a whole scale, a patch of it, or one in which server-side apply has recorded the owners
 */
export function planScaleUpdate(registry: ResourceRegistry, scope: RequestScope, produce: (scale: KubeObject) => KubeObject | Promise<KubeObject>, kind: 'update' | 'patch' | 'apply'): UpdatePlan {
  const replicasPaths = replicasPathsOf(registry, scope);
  return {
    createIfMissing: false,
    ...(kind === 'update' ? { allowsUnversioned: true } : { unconditional: true }),
    ownsManagedFields: true,
    shown: {
      kind: { group: 'autoscaling', version: 'v1', kind: SCALE_KIND.kind },
      view: (object) => scaleOf(object, scope, () => 0),
      restore: (object, scale) => setReplicas(object, scope, (scale as Scale).spec?.replicas ?? 0),
    },
    produce: async (current) => {
      const before = scaleOf(current!, scope, () => NOT_SET);
      const parent = current!.metadata.managedFields;
      const record = scaleManagedFields(parent, replicasPaths);
      if (record.length > 0) before.metadata.managedFields = record;
      const scale = (await produce(before)) as Scale & KubeObject;
      // What Go's type leaves out when it is zero belongs to nobody.
      if (scale.spec?.replicas === 0) delete scale.spec.replicas;
      checkReplicas(scale, scope);
      const owned = kind === 'apply' ? scale.metadata.managedFields : updateManagedFields({
        before, after: scale, manager: scope.fieldManager, subresource: 'scale', apiVersion: SCALE_KIND.apiVersion, schema: builtinSchema('autoscaling', 'v1', 'Scale'), now: '',
      });
      return applyScaleTo(current!, scale, scope, parentManagedFields(parent, owned, replicasPaths, requestApiVersion(scope.resource)), kind);
    },
  };
}

function checkReplicas(scale: Scale & KubeObject, scope: RequestScope): void {
  const replicas: unknown = scale.spec?.replicas ?? 0;
  if (scope.resource.custom && replicas === NOT_SET) throw badRequest(`the spec replicas field ${JSON.stringify(pathsOf(scope).specReplicasPath)} cannot be empty`);
  // Custom resources look at the replicas themselves, together with the rest.
  if (typeof replicas === 'number' && (replicas >= 0 || scope.resource.custom)) return;
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, scope.name, [
    { type: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0` },
  ]);
}

function applyScaleTo(current: KubeObject, scale: Scale & KubeObject, scope: RequestScope, managedFields: ManagedFieldsEntry[], kind: 'update' | 'patch' | 'apply'): KubeObject {
  const next = copyJson(current);
  setReplicas(next, scope, scale.spec?.replicas ?? 0);
  if (managedFields.length > 0) next.metadata.managedFields = managedFields;
  else delete next.metadata.managedFields;
  const { uid, resourceVersion } = scale.metadata;
  // Only in a whole Scale is the uid a condition.
  if (uid && kind === 'update') next.metadata.uid = uid;
  if (resourceVersion) next.metadata.resourceVersion = resourceVersion;
  else delete next.metadata.resourceVersion;
  return next;
}

/** Where the replicas stand in each version of the resource. */
function replicasPathsOf(registry: ResourceRegistry, { resource }: RequestScope): ReplicasPaths {
  return (apiVersion) => {
    const { group, version } = parseApiVersion(apiVersion);
    const served = group === resource.group ? registry.lookup(group, version, resource.plural) : undefined;
    if (!served) return undefined;
    const subresource = served.subresources.find(({ name }) => name === 'scale');
    return subresource ? namesOf((subresource.scale ?? BUILTIN_PATHS).specReplicasPath) : null;
  };
}

function pathsOf(scope: RequestScope): ScalePaths {
  return scope.subresourceInfo?.scale ?? BUILTIN_PATHS;
}

function selectorText(object: KubeObject): string {
  const selector = (object as { spec?: { selector?: LabelSelector | Record<string, string> } }).spec?.selector ?? {};
  // A ReplicationController selects by a plain map.
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  return selectorTextOf(isPlain ? { matchLabels: selector as Record<string, string> } : selector);
}

/** @throws ApiError without a reason for a value of another type */
function valueAt(object: KubeObject, path: string, type: 'int64' | 'string'): unknown {
  const field = nestedField(object, path, type);
  if (field && 'problem' in field) throw failure(field.problem);
  return field?.value;
}

function setReplicas(object: KubeObject, scope: RequestScope, replicas: number): void {
  const problem = setNestedField(object, pathsOf(scope).specReplicasPath, replicas);
  if (problem !== undefined) throw failure(problem);
}

function failure(message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}
