/** The scale subresource: autoscaling/v1 Scale as a view of whatever has replicas. */
import { formatLabelSelector, invalid, requirementsOf, type KubeObject, type LabelSelector } from '@kubewright/api';
import type { Scale } from '@kubewright/api/autoscaling/v1';

import { copyJson } from '../storage/immutable.js';
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

/** The scale of an object. */
export function readScale(object: KubeObject, scope: RequestScope): Scale & KubeObject {
  const paths = pathsOf(scope);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const replicas = valueAt(object, paths.specReplicasPath);
  const selector = scope.resource.custom ? valueAt(object, paths.labelSelectorPath ?? '') : selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)) as KubeObject['metadata'],
    spec: typeof replicas === 'number' && (replicas !== 0 || scope.resource.custom) ? { replicas } : {},
    status: { replicas: Number(valueAt(object, paths.statusReplicasPath) ?? 0), ...(typeof selector === 'string' && selector !== '' && { selector }) },
  };
}

/** An update of the object by its scale. `produce` makes the new scale of the present one. */
export function planScaleUpdate(scope: RequestScope, produce: (scale: KubeObject) => KubeObject | Promise<KubeObject>): UpdatePlan {
  return {
    createIfMissing: false,
    unconditional: true,
    produce: async (current) => {
      const scale = (await produce(readScale(current!, scope))) as Scale & KubeObject;
      const replicas: unknown = scale.spec?.replicas ?? 0;
      if (typeof replicas !== 'number' || replicas < 0) {
        throw invalid({ group: 'autoscaling', kind: 'Scale' }, scope.name, [
          { type: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0` },
        ]);
      }
      const next = copyJson(current!);
      setAt(next, pathsOf(scope).specReplicasPath, replicas);
      const { uid, resourceVersion } = scale.metadata;
      if (uid) next.metadata.uid = uid;
      if (resourceVersion) next.metadata.resourceVersion = resourceVersion;
      else delete next.metadata.resourceVersion;
      return next;
    },
  };
}

/** What server-side apply of a Scale means for the object behind it. */
export function appliedScale(scope: RequestScope, applied: KubeObject, apiVersion: string): KubeObject {
  const object: KubeObject = { apiVersion, kind: scope.resource.kind, metadata: applied.metadata };
  const replicas = (applied as Partial<Scale>).spec?.replicas;
  if (replicas !== undefined) setAt(object, pathsOf(scope).specReplicasPath, replicas);
  return object;
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
