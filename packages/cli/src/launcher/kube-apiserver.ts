import { mkdirSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

import { FlagError, helpText, parseFlags } from './flags.js';
import { KUBE_APISERVER_FLAGS } from './kube-apiserver-flags.js';
import { settingsOf } from './settings.js';

/** Serves an API server as the command line of kube-apiserver asks for it, until SIGTERM or SIGINT. Nothing else is loaded for `--help` and `--version`. */
async function main(argv: readonly string[]): Promise<void> {
  const flags = parseFlags(argv, KUBE_APISERVER_FLAGS, { h: 'help', v: 'v' });
  if (flags.isOn('help')) return void process.stdout.write(helpText('kube-apiserver', 'The embedded API server of kubewright, with the flags of kube-apiserver.', KUBE_APISERVER_FLAGS));
  if (flags.isOn('version')) return void process.stdout.write('Kubernetes v1.36.2\n');
  const stop = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => resolve());
  });
  const settings = settingsOf(flags);
  for (const note of settings.notes) process.stderr.write(`kube-apiserver: ${note}\n`);
  // Node 22 and newer keep compiled modules: the next start is faster.
  (module as { enableCompileCache?: () => void }).enableCompileCache?.();
  const { ApiServer } = await import('@kubewright/apiserver');
  const server = new ApiServer(settings.server);
  await server.start();
  for (const api of settings.wantedApis) if (!isServed(server, api)) process.stderr.write(`kube-apiserver: --runtime-config: ${api} is not served here\n`);
  const serving = settings.listen.serving ?? (await ownCertificate(settings.listen.host, settings.certificateDirectory));
  const { url } = await server.listen({ ...settings.listen, serving });
  process.stderr.write(`kube-apiserver: serving at ${url}\n`);
  await stop;
  await server.close();
}

function isServed(server: { readonly registry: { all(): Iterable<{ readonly group: string; readonly version: string; readonly plural: string }> } }, api: string): boolean {
  return [...server.registry.all()].some(({ group, version, plural }) => {
    const name = group === '' ? version : `${group}/${version}`;
    return api === name || api === `${name}/${plural}`;
  });
}

/** As the real server: signed by an authority of its own, whose certificate follows in the file. */
async function ownCertificate(host: string, directory: string | undefined): Promise<{ certificate: string; key: string }> {
  const { createCertificateAuthority, realClock, systemRandom } = await import('@kubewright/platform');
  const authority = createCertificateAuthority({ commonName: 'kube-apiserver-ca', clock: realClock, random: systemRandom });
  const addresses = /^(0\.0\.0\.0|::)$/.test(host) ? [] : [host];
  const issued = authority.issue({
    commonName: 'kube-apiserver', dnsNames: ['localhost', 'kubernetes.default.svc', 'kubernetes.default', 'kubernetes'],
    ipAddresses: [...new Set(['127.0.0.1', '::1', ...addresses])], usages: ['server'],
  });
  const serving = { certificate: `${issued.certificate.trimEnd()}\n${authority.certificate}`, key: issued.key };
  if (directory !== undefined) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'apiserver.crt'), serving.certificate);
    writeFileSync(join(directory, 'apiserver.key'), serving.key, { mode: 0o600 });
  }
  return serving;
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`kube-apiserver: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof FlagError) process.stderr.write('kube-apiserver --help lists the flags that are understood\n');
  process.exit(1);
}
