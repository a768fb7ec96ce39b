import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { CustomResourceDefinition } from '../apiextensions/v1.js';
import { ClusterRole } from '../rbac/v1.js';
import * as core from './v1.js';

describe('generated types', () => {
  it('are what the script makes of the recorded documents', () => {
    const script = fileURLToPath(new URL('../../scripts/generate-types.mjs', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('come with a constant for each served kind', () => {
    expect(core.Pod).toEqual({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', scope: 'Namespaced' });
    expect(core.Endpoints.plural).toBe('endpoints');
    expect(ClusterRole).toEqual({ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', scope: 'Cluster' });
    expect(CustomResourceDefinition.group).toBe('apiextensions.k8s.io');
    expect(Object.keys(core).sort()).toEqual([
      'Binding', 'ComponentStatus', 'ConfigMap', 'Endpoints', 'Event', 'LimitRange', 'Namespace', 'Node', 'PersistentVolume', 'PersistentVolumeClaim', 'Pod', 'PodTemplate',
      'ReplicationController', 'ResourceQuota', 'Secret', 'Service', 'ServiceAccount',
    ]);
  });
});
