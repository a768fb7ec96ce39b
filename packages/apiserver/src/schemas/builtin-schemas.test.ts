import { describe, expect, it } from 'vitest';

import { bootstrapObjects, bootstrapRoles, builtinDiscovery, fieldLabels } from './builtin-discovery.js';
import { builtinSchema } from './builtin-schemas.js';

describe('builtinSchema', () => {
  it('knows every built-in kind and the kinds of subresources', () => {
    const missing: string[] = [];
    for (const { group, version, resources } of builtinDiscovery()) {
      for (const { kind, subresources } of resources) {
        if (!builtinSchema(group, version, kind)) missing.push(`${group}/${version} ${kind}`);
        for (const sub of subresources) {
          if (!builtinSchema(sub.group ?? group, sub.version ?? version, sub.kind)) missing.push(`${group}/${version} ${sub.kind}`);
        }
      }
    }
    // Options of connecting subresources travel as query parameters. The review kinds of one document stand under their own names.
    expect(missing.filter((kind) => !kind.endsWith('Options'))).toEqual([]);
    expect(builtinSchema('apps', 'v1', 'Nothing')).toBeUndefined();
    expect(builtinSchema('example.com', 'v1', 'Nothing')).toBeUndefined();
  });

  it('follows references and lays siblings over their target', () => {
    const schema = builtinSchema('apps', 'v1', 'Deployment')!;
    const spec = schema.resolve(schema.root.properties!.spec!);
    expect(spec.default).toEqual({});
    expect(spec.required).toEqual(['selector', 'template']);
    const strategy = schema.resolve(spec.properties!.strategy!);
    expect(strategy['x-kubernetes-patch-strategy']).toBe('retainKeys');
    expect(strategy.properties).toHaveProperty('rollingUpdate');
    expect(schema.resolve(spec.properties!.strategy!)).toBe(strategy);
    const containers = schema.resolve(schema.resolve(spec.properties!.template!).properties!.spec!).properties!.containers!;
    expect(containers).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], 'x-kubernetes-patch-merge-key': 'name' });
  });

  it('marks what is open', () => {
    const crd = builtinSchema('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition')!;
    const version = crd.resolve(crd.resolve(crd.root.properties!.spec!).properties!.versions!.items!);
    const validation = crd.resolve(crd.resolve(version.properties!.schema!).properties!.openAPIV3Schema!);
    expect(crd.resolve(validation.properties!.default!)['x-kubernetes-preserve-unknown-fields']).toBe(true);
    expect(crd.resolve(crd.resolve(version.properties!.subresources!).properties!.status!)['x-kubernetes-preserve-unknown-fields']).toBeUndefined();
    const policy = builtinSchema('policy', 'v1', 'PodDisruptionBudget')!;
    expect(policy.resolve(policy.resolve(policy.root.properties!.spec!).properties!.minAvailable!)['x-kubernetes-int-or-string']).toBe(true);
  });
});

describe('builtinDiscovery', () => {
  it('lists groups in order, with subresources under their resource', () => {
    const groups = builtinDiscovery();
    expect(groups[0]).toMatchObject({ group: '', version: 'v1' });
    expect(groups.filter(({ group }) => group === 'autoscaling').map(({ version }) => version)).toEqual(['v2', 'v1']);
    const deployments = groups.find(({ group }) => group === 'apps')!.resources.find(({ plural }) => plural === 'deployments')!;
    expect(deployments).toMatchObject({ kind: 'Deployment', singular: 'deployment', namespaced: true, shortNames: ['deploy'], categories: ['all'] });
    expect(deployments.subresources).toContainEqual({ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] });
  });

  it('tells field labels and bootstrap objects', () => {
    expect(fieldLabels('v1', 'pods')).toContain('spec.nodeName');
    expect(fieldLabels('v1', 'unheard')).toEqual(['metadata.name', 'metadata.namespace']);
    expect(bootstrapObjects().namespaces?.map((namespace) => namespace.metadata.name)).toContain('kube-system');
    expect(bootstrapRoles().clusterroles?.map((role) => role.metadata.name)).toContain('cluster-admin');
  });
});
