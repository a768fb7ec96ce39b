import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ApiServerOptions, AuthorizationMode, ListenOptions, ServiceAccountTokens } from '@kubewright/apiserver';

import { FlagError, type ParsedFlags } from './flags.js';
import { KNOWN_PLUGINS, MISSING_PLUGINS } from './kube-apiserver-flags.js';
import { readTokenFile } from './token-file.js';

/** What a command line of kube-apiserver asks of this server. */
export interface Settings {
  readonly server: ApiServerOptions;
  readonly listen: ListenOptions & { readonly port: number; readonly host: string };
  /** Where a certificate is to be written that had to be made. */
  readonly certificateDirectory: string | undefined;
  /** APIs that are to be served: `batch/v2alpha1`. */
  readonly wantedApis: readonly string[];
  /** What was taken and is not done, a sentence each. */
  readonly notes: readonly string[];
}

/** Files are read here. @throws FlagError that names the flag whose value can not be followed */
export function settingsOf(flags: ParsedFlags): Settings {
  const notes: string[] = [];
  if (flags.ignored.length > 0) notes.push(`flags without meaning here: ${flags.ignored.map((name) => `--${name}`).join(', ')}`);
  const gates = flags.list('feature-gates');
  for (const gate of gates) if (!/^\w+=(true|false)$/i.test(gate)) throw new FlagError(`invalid argument ${JSON.stringify(gate)} for --feature-gates: Name=true or Name=false is expected`);
  if (gates.length > 0) notes.push(`feature gates are as in a fresh server of 1.36; not switched: ${gates.join(', ')}`);
  const { disabled: disabledApis, wanted: wantedApis } = runtimeConfig(flags, notes);
  const tokens = flags.value('token-auth-file');
  const anonymous = flags.isOn('anonymous-auth');
  const certificateDirectory = flags.value('cert-dir');
  const serving = servingOf(flags, certificateDirectory);
  const clientCa = flags.value('client-ca-file');
  const serviceRange = flags.list('service-cluster-ip-range');
  return {
    server: {
      authorization: authorizationOf(flags),
      ...(anonymous !== undefined && { anonymous }),
      ...(tokens !== undefined && { staticTokens: readTokenFile(read('token-auth-file', tokens), tokens) }),
      serviceAccounts: serviceAccountsOf(flags),
      disabledAdmissionPlugins: disabledPlugins(flags, notes),
      disabledApis,
      ...(serviceRange.length > 0 && { serviceRange: serviceRangeOf(serviceRange, notes) }),
    },
    listen: {
      port: portOf(flags.value('secure-port') ?? '6443'),
      host: flags.value('bind-address') ?? '0.0.0.0',
      clientCa: clientCa === undefined ? '' : read('client-ca-file', clientCa),
      ...(serving && { serving }),
    },
    certificateDirectory: serving ? undefined : certificateDirectory,
    wantedApis,
    notes,
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new FlagError(`invalid argument ${JSON.stringify(text)} for --secure-port: a number from 1 to 65535 is expected`);
  return port;
}

function authorizationOf(flags: ParsedFlags): AuthorizationMode[] {
  const modes = flags.list('authorization-mode');
  for (const mode of modes) {
    if (mode === 'ABAC' || mode === 'Webhook') throw new FlagError(`--authorization-mode=${mode} is not supported by this server: use RBAC, Node, AlwaysAllow or AlwaysDeny`);
    if (!MODES.has(mode)) throw new FlagError(`invalid argument ${JSON.stringify(mode)} for --authorization-mode: RBAC, Node, AlwaysAllow or AlwaysDeny is expected`);
  }
  return modes.length === 0 ? ['AlwaysAllow'] : (modes as AuthorizationMode[]);
}

const MODES: ReadonlySet<string> = new Set<AuthorizationMode>(['RBAC', 'Node', 'AlwaysAllow', 'AlwaysDeny']);

function disabledPlugins(flags: ParsedFlags, notes: string[]): string[] {
  const [enabled, disabled] = [flags.list('enable-admission-plugins'), flags.list('disable-admission-plugins')];
  for (const [flag, names] of [['enable-admission-plugins', enabled], ['disable-admission-plugins', disabled]] as const) {
    const unknown = names.find((name) => !KNOWN_PLUGINS.includes(name) && !MISSING_PLUGINS.includes(name));
    if (unknown !== undefined) throw new FlagError(`--${flag}: plugin ${JSON.stringify(unknown)} is unknown`);
  }
  const both = enabled.find((name) => disabled.includes(name));
  if (both !== undefined) throw new FlagError(`${both} in --enable-admission-plugins and --disable-admission-plugins overlapped`);
  const missing = enabled.filter((name) => MISSING_PLUGINS.includes(name));
  if (missing.length > 0) notes.push(`admission plugins that are not run here: ${missing.join(', ')}`);
  return disabled;
}

function serviceAccountsOf(flags: ParsedFlags): ServiceAccountTokens {
  const [issuer] = flags.list('service-account-issuer');
  const audiences = flags.list('api-audiences');
  const signing = flags.value('service-account-signing-key-file');
  const others = flags.list('service-account-key-file').flatMap((file) => pemBlocks(read('service-account-key-file', file), file));
  return {
    ...(issuer !== undefined && { issuer }),
    ...(audiences.length > 0 && { audiences }),
    ...(signing !== undefined && { signingKey: read('service-account-signing-key-file', signing) }),
    verificationKeys: others,
  };
}

/** A file may hold several keys and certificates. */
function pemBlocks(text: string, file: string): string[] {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g)?.filter((block) => !block.startsWith('-----BEGIN EC PARAMETERS'));
  if (!blocks) throw new FlagError(`--service-account-key-file: ${file} holds no PEM`);
  return blocks;
}

function servingOf(flags: ParsedFlags, directory: string | undefined): ListenOptions['serving'] {
  const [certificate, key] = [flags.value('tls-cert-file'), flags.value('tls-private-key-file')];
  if ((certificate === undefined) !== (key === undefined)) throw new FlagError('--tls-cert-file and --tls-private-key-file go together');
  if (certificate !== undefined && key !== undefined) return { certificate: read('tls-cert-file', certificate), key: read('tls-private-key-file', key) };
  if (directory === undefined) return undefined;
  try {
    return { certificate: readFileSync(join(directory, 'apiserver.crt'), 'utf8'), key: readFileSync(join(directory, 'apiserver.key'), 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FlagError(`--cert-dir: ${(error as Error).message}`);
  }
}

/** `api/all=true`, `policy/v1=false`, `apps/v1/daemonsets=false`. */
function runtimeConfig(flags: ParsedFlags, notes: string[]): { disabled: string[]; wanted: string[] } {
  const [disabled, wanted]: [string[], string[]] = [[], []];
  for (const entry of flags.list('runtime-config')) {
    const [, api = '', value = 'true'] = /^([^=]+)(?:=(true|false|1|0))?$/i.exec(entry) ?? [];
    const isWanted = /^(true|1)$/i.test(value);
    if (api === '') throw new FlagError(`invalid argument ${JSON.stringify(entry)} for --runtime-config: group/version=true or group/version=false is expected`);
    if (!/^api\/(all|ga|beta|alpha|legacy)$/.test(api)) (isWanted ? wanted : disabled).push(api.replace(/^api\//, ''));
    else if (!isWanted && /\/(all|ga|legacy)$/.test(api)) throw new FlagError(`--runtime-config=${entry} is not supported by this server: name the versions that are not to be served`);
    else if (isWanted && !api.endsWith('/ga')) notes.push(`--runtime-config=${entry}: versions that a fresh server serves are served, no alpha and beta ones beside them`);
  }
  return { disabled, wanted };
}

function serviceRangeOf([range = '', ...more]: readonly string[], notes: string[]): string {
  if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(range)) throw new FlagError(`--service-cluster-ip-range=${range} is not supported by this server: an IPv4 range such as 10.0.0.0/24 is`);
  if (more.length > 0) notes.push(`--service-cluster-ip-range: addresses are given from ${range} only, not from ${more.join(', ')}`);
  return range;
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FlagError(`--${flag}: ${(error as Error).message}`);
  }
}
