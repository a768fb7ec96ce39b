import { pluralize } from '@kubewright/api';

import { coreType } from '../schema/core-types.js';

/** Groups whose folder in `@kubewright/api` is their whole name. */
const SHORT_GROUPS = new Set(['apps', 'autoscaling', 'batch', 'policy', 'extensions']);

/** A built-in kind by its folder and name: `apps/v1` and `Deployment`. */
export function builtInKind(folder: string, kind: string): { group: string; plural: string; hasStatus: boolean } | undefined {
  const schema = coreType(`${folder}.${kind}`);
  if (!schema?.properties?.metadata) return undefined;
  const name = folder.slice(0, folder.indexOf('/'));
  return { group: groupOf(name), plural: pluralize(kind.toLowerCase()), hasStatus: schema.properties.status !== undefined };
}

/** The same by a class of client-node: `V1Deployment`. */
export function builtInKindOfClientNode(name: string): { group: string; plural: string; hasStatus: boolean } | undefined {
  const [, version = '', kind = ''] = /^(V\d+\w*?)([A-Z]\w*)$/.exec(name) ?? [];
  for (const folder of [
    'core',
    ...SHORT_GROUPS,
    'networking',
    'rbac',
    'coordination',
    'discovery',
    'events',
    'storage',
    'scheduling',
    'node',
    'certificates',
    'admissionregistration',
    'apiextensions',
  ]) {
    const found = builtInKind(`${folder}/${version.toLowerCase()}`, kind);
    if (found) return found;
  }
  return undefined;
}

function groupOf(folder: string): string {
  if (folder === 'core') return '';
  if (SHORT_GROUPS.has(folder)) return folder;
  if (folder === 'rbac') return 'rbac.authorization.k8s.io';
  return folder === 'flowcontrol' ? 'flowcontrol.apiserver.k8s.io' : `${folder}.k8s.io`;
}
