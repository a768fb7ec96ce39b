/** The scale subresource: autoscaling/v1 Scale as a view of whatever has replicas. */
import { formatLabelSelector, internalError, invalid, parseApiVersion, requirementsOf, type KubeObject, type LabelSelector, type ManagedFieldsEntry } from '@kubewright/api';
import type { Scale } from '@kubewright/api/autoscaling/v1';

import { parentManagedFields, scaleManagedFields, updateManagedFields, type ReplicasPaths } from '../apply/index.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { copyJson } from '../storage/immutable.js';
import { requestApiVersion } from './conversion.js';
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

type Fields = Record<string, unknown>;

/** The scale of an object. @throws ApiError InternalError for a custom resource that has no replicas */
export function readScale(object: KubeObject, scope: RequestScope): Scale & KubeObject {
  const paths = pathsOf(scope);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const replicas = valueAt(object, paths.specReplicasPath);
  if (scope.resource.custom && replicas === undefined) throw internalError(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`);
  const selector = scope.resource.custom ? valueAt(object, paths.labelSelectorPath ?? '') : selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)) as KubeObject['metadata'],
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: Number(valueAt(object, paths.statusReplicasPath) ?? 0), ...(typeof selector === 'string' && selector !== '' && { selector }) },
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
      view: (object) => readScale(object, scope),
      restore: (object, scale) => setAt(object, pathsOf(scope).specReplicasPath, (scale as Scale).spec?.replicas ?? 0),
    },
    produce: async (current) => {
      const before = readScale(current!, scope);
      const parent = current!.metadata.managedFields;
      const record = scaleManagedFields(parent, replicasPaths);
      if (record.length > 0) before.metadata.managedFields = record;
      const scale = (await produce(before)) as Scale & KubeObject;
      checkReplicas(scale, scope);
      const owned = kind === 'apply' ? scale.metadata.managedFields : updateManagedFields({
        before, after: scale, manager: scope.fieldManager, subresource: 'scale', apiVersion: SCALE_KIND.apiVersion, schema: builtinSchema('autoscaling', 'v1', 'Scale'), now: '',
      });
      return applyScaleTo(current!, scale, scope, parentManagedFields(parent, owned, replicasPaths, requestApiVersion(scope.resource)));
    },
  };
}

function checkReplicas(scale: Scale & KubeObject, scope: RequestScope): void {
  const replicas: unknown = scale.spec?.replicas ?? 0;
  // Custom resources look at the replicas themselves, together with the rest.
  if (typeof replicas === 'number' && (replicas >= 0 || scope.resource.custom)) return;
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, scope.name, [
    { type: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0` },
  ]);
}

function applyScaleTo(current: KubeObject, scale: Scale & KubeObject, scope: RequestScope, managedFields: ManagedFieldsEntry[]): KubeObject {
  const next = copyJson(current);
  setAt(next, pathsOf(scope).specReplicasPath, scale.spec?.replicas ?? 0);
  if (managedFields.length > 0) next.metadata.managedFields = managedFields;
  else delete next.metadata.managedFields;
  const { uid, resourceVersion } = scale.metadata;
  if (uid) next.metadata.uid = uid;
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
    return subresource ? stepsOf((subresource.scale ?? BUILTIN_PATHS).specReplicasPath) : null;
  };
}

function pathsOf(scope: RequestScope): ScalePaths {
  return scope.subresourceInfo?.scale ?? BUILTIN_PATHS;
}

function selectorText(object: KubeObject): string {
  const selector = (object as { spec?: { selector?: LabelSelector | Record<string, string> } }).spec?.selector ?? {};
  // A ReplicationController selects by a plain map.
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  return formatLabelSelector(requirementsOf(isPlain ? { matchLabels: selector as Record<string, string> } : selector));
}

function valueAt(object: KubeObject, path: string): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Fields)[step] : undefined), path === '' ? undefined : object);
}

function setAt(object: KubeObject, path: string, value: unknown): void {
  const steps = stepsOf(path);
  const last = steps.pop()!;
  let at = object as unknown as Fields;
  for (const step of steps) {
    if (typeof at[step] !== 'object' || at[step] === null) at[step] = {};
    at = at[step] as Fields;
  }
  at[last] = value;
}

function stepsOf(path: string): string[] {
  return path.split('.').filter((step) => step !== '');
}
