import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { generate, type GenerateOptions } from '../generate.js';
import { normalizeRules } from './normalize.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-rbac-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const HEAD = `
  import { CustomResource, Rbac } from '@kubewright/api';
  import { Deployment } from '@kubewright/api/apps/v1';
  import { ConfigMap, Endpoints, Secret } from '@kubewright/api/core/v1';
  import { Lease } from '@kubewright/api/coordination/v1';
  import { Controller, controllerFor, createManager, defineController, Dependent, dependent, metadataOnly, Owns, watch, Watches } from '@kubewright/runtime';
  @CustomResource({ group: 'demo.example.com', version: 'v1' }) class Widget { spec!: { a?: string }; status?: { b?: string } }
  @CustomResource({ group: 'demo.example.com', version: 'v1' }) class Plain { spec!: { a?: string } }
`;

function rules(text: string, options: Partial<GenerateOptions> = {}) {
  const file = join(folder, `case-${count++}.ts`);
  writeFileSync(file, HEAD + text);
  const { roles, diagnostics } = generate({ cwd: folder, entries: [file], ...options });
  return { rules: roles.flatMap((role) => role.rules), diagnostics };
}

describe('the normal form of rules', () => {
  const rule = (groups: string[], resources: string[], verbs: string[]) => ({ groups, resources, verbs });
  it.each([
    [
      'groups of equal rules',
      [rule(['a'], ['foo'], ['patch']), rule(['b'], ['foo'], ['patch'])],
      [{ apiGroups: ['a', 'b'], resources: ['foo'], verbs: ['patch'] }],
    ],
    [
      'resources of equal rules',
      [rule(['x'], ['one'], ['create']), rule(['x'], ['two'], ['create'])],
      [{ apiGroups: ['x'], resources: ['one', 'two'], verbs: ['create'] }],
    ],
    [
      'URLs of equal rules',
      [
        { urls: ['/b'], verbs: ['get'] },
        { urls: ['/a'], verbs: ['get'] },
      ],
      [{ nonResourceURLs: ['/a', '/b'], verbs: ['get'] }],
    ],
    [
      'nothing else',
      [rule(['c'], ['some'], ['get']), rule(['c'], ['other'], ['list'])],
      [
        { apiGroups: ['c'], resources: ['other'], verbs: ['list'] },
        { apiGroups: ['c'], resources: ['some'], verbs: ['get'] },
      ],
    ],
  ])('joins %s', (_name, given, wanted) => {
    expect(normalizeRules(given)).toEqual(wanted);
  });
});

describe('inferred rules', () => {
  it('cover the kind, its status, what it owns and what it watches', () => {
    const wanted = [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['demo.example.com'], resources: ['widgets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['demo.example.com'], resources: ['widgets/status'], verbs: ['get', 'patch', 'update'] },
    ];
    expect(rules('@Controller({ for: Widget }) @Owns(Deployment, { allOwners: true }) @Watches(Lease, toWidgets) class C {}')).toEqual({
      rules: wanted,
      diagnostics: [],
    });
    expect(rules('@Controller(Widget, { owns: [Deployment], watches: [{ kind: Lease }] }) class C {}')).toEqual({ rules: wanted, diagnostics: [] });
  });

  it('leave out a status that is not there, and cover the finalizer and events where they are used', () => {
    expect(rules('@Controller({ for: Plain }) class C { async cleanup() {} async reconcile(r, { recorder }) { recorder.event(); } }').rules).toEqual([
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
      { apiGroups: ['demo.example.com'], resources: ['plains'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      { apiGroups: ['demo.example.com'], resources: ['plains/finalizers'], verbs: ['update'] },
    ]);
  });

  const dependent = { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'delete', 'get', 'list', 'patch', 'watch'] };
  const plains = { apiGroups: ['demo.example.com'], resources: ['plains'], verbs: ['get', 'list', 'watch'] };
  const finalized = [
    { ...plains, verbs: ['get', 'list', 'patch', 'update', 'watch'] },
    { apiGroups: ['demo.example.com'], resources: ['plains/finalizers'], verbs: ['update'] },
  ];
  it.each<[string, string, object[]]>([
    ['dependents, which are applied and pruned', '@Controller(Plain) @Dependent(ConfigMap, { desired }) class C {}', [dependent, plains]],
    ['ordered deletion, which needs a finalizer', '@Controller({ for: Plain, orderedDeletion: true }) @Dependent(ConfigMap, { desired }) class C {}', [dependent, ...finalized]],
    ['a finalizer of another name', "@Controller({ for: Plain, finalizer: 'a/b' }) class C {}", finalized],
    ['kinds that are known by name', "@Controller(Plain) @Watches({ group: 'x.example.com', kind: 'Policy' }, f) class C {}", [plains, { apiGroups: ['x.example.com'], resources: ['policies'], verbs: ['get', 'list', 'watch'] }]],
    ['kinds of which only metadata is read', '@Controller(Plain) @Watches(metadataOnly(Secret), f) class C {}', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }, plains]],
    ['controllers that are objects', 'export const c = defineController({ for: Plain, owns: [{ kind: ConfigMap, allOwners: true }], watches: [watch(Secret, f)], dependents: [], async cleanup() {} });', [{ ...dependent, verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] }, { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }, ...finalized]],
    ['controllers that are built', 'controllerFor(manager).for(Plain).dependents(dependent(ConfigMap, { desired })).watches(Secret, f).complete({ reconcile: async () => {} });', [dependent, { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }, plains]],
    ['reviews for the authorization of metrics', "await createManager({ metrics: { bindAddress: ':8443', authorization: true } });", [{ apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] }, { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] }]],
    ['leases of election and sharding', "await createManager({ leaderElection: { name: 'a' }, sharding: { name: 'b' } });", [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'delete', 'get', 'list', 'update'] }]],
    ['nothing for what is turned off', 'await createManager({ leaderElection: undefined, metrics: { authorization: false } });', []],
  ])('cover %s', (_name, text, wanted) => {
    expect(rules(text)).toEqual({ rules: wanted, diagnostics: [] });
  });

  it('put leases into a Role where the namespace is a constant', () => {
    const file = join(folder, `case-${count++}.ts`);
    writeFileSync(file, "import { createManager as create } from '@kubewright/runtime';\nconst NAMESPACE = 'system';\nawait create({ leaderElection: { name: 'a', namespace: NAMESPACE } });\n");
    expect(generate({ cwd: folder, entries: [file] }).roles).toMatchObject([
      { kind: 'Role', metadata: { name: 'leader-election-role', namespace: 'system' }, rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] }] },
    ]);
  });

  it('join those that are stated, and can be turned off', () => {
    const text = "@Controller({ for: Plain }) @Rbac({ groups: ['core'], resources: ['secrets'], verbs: ['get'] }) class C {}";
    expect(rules(text).rules.map((rule) => rule.resources)).toEqual([['secrets'], ['plains']]);
    expect(rules(text, { rbac: 'explicit' }).rules.map((rule) => rule.resources)).toEqual([['secrets']]);
  });

  it('name plurals that are irregular', () => {
    expect(rules('@Controller({ for: Plain }) @Watches(Endpoints, f) class C {}').rules.map((rule) => rule.resources)).toContainEqual(['endpoints']);
  });

  it('say so when they can not be told', () => {
    expect(rules('@Controller({ for: Plain }) @Watches(someKind(), f) @Owns(unknownKind) class C {}').diagnostics).toMatchObject([
      { code: 'KW2702', severity: 'warning' },
    ]);
  });
});

describe('stated rules', () => {
  it.each([
    ["{ groups: [''], resources: ['pods'], verbs: [] }", 'KW1701', 'verb'],
    ["{ groups: [''], resources: ['pods'], verbs: ['lsit'] }", 'KW1701', 'did you mean list'],
    ["{ urls: ['/metrics'], verbs: ['get'], namespace: 'x' }", 'KW1701', 'ClusterRole'],
    ["{ resources: ['pods'], verbs: ['get'] }", 'KW1701', 'groups'],
    ["{ group: [''], resources: ['pods'], verbs: ['get'] }", 'KW1701', 'did you mean groups'],
    ["{ groups: [''], resources: names(), verbs: ['get'] }", 'KW1701', 'constants'],
    ["{ groups: [''], resources: ['pods'], verbs: ['frobnicate'] }", 'KW2702', 'frobnicate'],
    ["{ groups: [''], resources: ['pods'], resourceNames: ['a'], verbs: ['create'] }", 'KW2701', 'by name'],
  ])('%s is reported', (text, code, message) => {
    const { diagnostics } = rules(`@Rbac(${text}) class C {}`);
    expect(diagnostics.map((one) => one.code)).toContain(code);
    expect(diagnostics.map((one) => one.message).join('\n')).toContain(message);
  });
});
