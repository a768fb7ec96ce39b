/** What a kubeconfig says. Certificates and key are PEM. */
export interface KubeconfigContent {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly user: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig file with one cluster, one user and one context. */
export function kubeconfigText({ server, certificateAuthority, user, certificate, key }: KubeconfigContent): string {
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
  - name: kubewright
    cluster:
      server: ${server}
      certificate-authority-data: ${base64(certificateAuthority)}
users:
  - name: ${JSON.stringify(user)}
    user:
      client-certificate-data: ${base64(certificate)}
      client-key-data: ${base64(key)}
contexts:
  - name: kubewright
    context:
      cluster: kubewright
      user: ${JSON.stringify(user)}
      namespace: default
current-context: kubewright
`;
}
