import type { WebhookSettings } from './configuration.js';

/** How the pods behind the webhook service are found, and where they listen. */
export interface ServingSettings extends WebhookSettings {
  /** Labels of the operator's pods. @default { 'control-plane': 'controller-manager' } */
  readonly selector?: Readonly<Record<string, string>>;
  /** Port of the operator's webhook server. @default 9443 */
  readonly targetPort?: number;
}

/** The Service that the configurations name: port 443 to the webhook server of the operator. */
export function webhookService(settings: ServingSettings = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(settings), namespace: namespaceOf(settings) },
    spec: {
      ports: [{ port: 443, protocol: 'TCP', targetPort: settings.targetPort ?? 9443 }],
      selector: settings.selector ?? { 'control-plane': 'controller-manager' },
    },
  };
}

/** cert-manager's part: a self-signed issuer and the certificate of the webhook service, kept in the secret that the operator mounts. */
export function certificateDocuments(settings: ServingSettings = {}): object[] {
  const [name, namespace] = [nameOf(settings), namespaceOf(settings)];
  const host = `${name}.${namespace}.svc`;
  return [
    { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: { name: 'selfsigned-issuer', namespace }, spec: { selfSigned: {} } },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: CERTIFICATE, namespace },
      spec: { dnsNames: [host, `${host}.cluster.local`], issuerRef: { kind: 'Issuer', name: 'selfsigned-issuer' }, secretName: 'webhook-server-cert' },
    },
  ];
}

/** The annotation by which cert-manager writes its authority into a configuration, or into the definition of a kind with conversion. */
export function injectionAnnotation(settings: ServingSettings = {}): Record<string, string> {
  return { 'cert-manager.io/inject-ca-from': `${namespaceOf(settings)}/${CERTIFICATE}` };
}

const CERTIFICATE = 'serving-cert';

function nameOf(settings: WebhookSettings): string {
  return settings.serviceName ?? 'webhook-service';
}

function namespaceOf(settings: WebhookSettings): string {
  return settings.serviceNamespace ?? 'system';
}
