import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { generate, type GenerateOptions } from '../generate.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-webhook-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/webhook/${name}`, import.meta.url), 'utf8');
const HEAD = `
  import { CustomResource, MutatingWebhook, ValidatingWebhook } from '@kubewright/api';
  import { Pod } from '@kubewright/api/core/v1';
  const CONVERTED = { service: { name: 'webhook-service', namespace: 'system', path: '/convert' } };
  @CustomResource({ group: 'demo.example.com', version: 'v1', conversion: CONVERTED }) class Widget { spec!: { a?: string } }
`;

function run(text: string, options: Partial<GenerateOptions> = {}) {
  const file = join(folder, `case-${count++}.ts`);
  writeFileSync(file, HEAD + text);
  return generate({ cwd: folder, entries: [file], ...options });
}

const BASE = "name: 'v.demo.example.com', groups: ['demo.example.com'], resources: ['widgets'], versions: ['v1']";

describe('webhook configurations', () => {
  it('are written byte for byte as controller-gen writes them', () => {
    const { files, diagnostics } = run(fixture('hooks.ts.txt'));
    expect(diagnostics).toEqual([]);
    expect(files.find((file) => file.path === 'config/webhook/manifests.yaml')?.content).toBe(fixture('manifests.yaml'));
  });

  it('follow from the kind that a webhook is bound to', () => {
    const { webhooks, diagnostics } = run('@ValidatingWebhook({ for: Widget }) @MutatingWebhook({ for: Pod, verbs: ["create"], scope: "Namespaced" }) class Hooks {}');
    expect(diagnostics).toEqual([]);
    expect(webhooks).toMatchObject([
      {
        kind: 'MutatingWebhookConfiguration',
        webhooks: [
          {
            name: 'mpod.core.kubernetes.io',
            clientConfig: { service: { path: '/mutate-v1-pod' } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' }],
          },
        ],
      },
      {
        kind: 'ValidatingWebhookConfiguration',
        webhooks: [
          {
            name: 'vwidget.demo.example.com',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            clientConfig: { service: { name: 'webhook-service', namespace: 'system', path: '/validate-demo-example-com-v1-widget' } },
            rules: [{ apiGroups: ['demo.example.com'], apiVersions: ['v1'], resources: ['widgets'], operations: ['CREATE', 'UPDATE'] }],
          },
        ],
      },
    ]);
  });

  it('are bound to the class that they stand on, and sorted by name', () => {
    const { webhooks } = run(`
      @ValidatingWebhook({ name: 'z.demo.example.com' }) @ValidatingWebhook({ name: 'a.demo.example.com' })
      @CustomResource({ group: 'demo.example.com', version: 'v1' }) class Gadget { spec!: { a?: string } }`);
    expect(webhooks[0]?.webhooks).toMatchObject([{ name: 'a.demo.example.com' }, { name: 'z.demo.example.com' }]);
    expect(webhooks[0]?.webhooks[0]).toMatchObject({ clientConfig: { service: { path: '/validate-demo-example-com-v1-gadget' } } });
  });

  it('come with a Service, and with a certificate where cert-manager makes it', () => {
    const { files, definitions, webhooks } = run('@ValidatingWebhook({ for: Widget }) class Hooks {}', {
      certificates: 'cert-manager',
      serving: { serviceName: 'hooks', serviceNamespace: 'ops' },
    });
    const content = (name: string) => files.find((file) => file.path === `config/webhook/${name}`)?.content ?? '';
    expect(content('service.yaml')).toContain('name: hooks\n  namespace: ops\n');
    expect(content('certificate.yaml')).toContain('- hooks.ops.svc\n');
    expect(webhooks[0]?.metadata.annotations).toEqual({ 'cert-manager.io/inject-ca-from': 'ops/serving-cert' });
    expect(definitions[0]?.metadata.annotations).toEqual({ 'cert-manager.io/inject-ca-from': 'ops/serving-cert' });
    expect(run('@ValidatingWebhook({ for: Widget }) class Hooks {}').files.map((file) => file.path)).not.toContain('config/webhook/certificate.yaml');
  });

  it.each([
    [`{ ${BASE} }`, 'mutually exclusive'],
    [`{ ${BASE}, path: '/x', url: 'https://x.example.com/y' }`, 'mutually exclusive'],
    [`{ ${BASE}, path: '/x', sideEffects: 'Some' }`, 'sideEffects'],
    [`{ ${BASE}, path: '/x', sideEffects: 'Unknown' }`, 'sideEffects'],
    [`{ ${BASE}, path: '/x', timeoutSeconds: 0 }`, 'between 1 and 30'],
    [`{ ${BASE}, path: '/x', timeoutSeconds: 31 }`, 'between 1 and 30'],
    [`{ ${BASE}, path: '/x', admissionReviewVersions: [] }`, 'mandatory'],
    [`{ ${BASE.replace('v.demo.example.com', 'widget.demo')}, path: '/x' }`, 'three segments'],
    [`{ ${BASE}, path: '/x', verbs: ['crate'] }`, 'did you mean create'],
    [`{ ${BASE}, path: '/x', failurepolicy: 'Fail' }`, 'did you mean failurePolicy'],
    [`{ ${BASE}, path: name() }`, 'constants'],
    [`{ ${BASE}, path: '/x', service: { port: 70000 } }`, 'no port'],
    ['{ for: Nothing }', 'no decorated class'],
    ["{ path: '/x', name: 'v.demo.example.com' }", 'needs groups'],
    [`{ ${BASE}, path: '/x' }) @MutatingWebhook({ ${BASE}, path: '/y' }`, 'two webhooks are called v.demo.example.com'],
    [`{ ${BASE}, path: '/x', reinvocationPolicy: 'Never' }`, 'no option reinvocationPolicy'],
  ])('%s is refused', (text, message) => {
    const { diagnostics, files } = run(`@ValidatingWebhook(${text}) class Hooks {}`);
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'KW1801', severity: 'error', message: expect.stringContaining(message) as string }));
    expect(files).toEqual([]);
  });
});
