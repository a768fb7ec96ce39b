/**
 * Finds out how to reach a cluster, in the order of controller-runtime: an explicit file, the files of KUBECONFIG, the pod's own service
 * account, ~/.kube/config. It is the only place of the runtime that reads the environment. Files are read by kubeconfig-file.ts.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { inClusterConfig, SERVICE_ACCOUNT_DIRECTORY } from './in-cluster.js';
import { readKubeConfig } from './kubeconfig-file.js';
import { proxyFromEnvironment } from './proxy-environment.js';
import type { RestConfig } from './rest-config.js';

/** Where {@link loadRestConfig} looks. */
export interface LoadRestConfigOptions {
  /** The file of `--kubeconfig`. @default none: KUBECONFIG, in-cluster, then ~/.kube/config */
  readonly kubeconfig?: string;
  /** @default the file's current-context */
  readonly context?: string;
  readonly clock: Clock;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default the user's home directory */
  readonly home?: string;
  /** @default SERVICE_ACCOUNT_DIRECTORY */
  readonly serviceAccountDirectory?: string;
}

/**
 * What was found, with the proxy of HTTPS_PROXY and NO_PROXY where the configuration names none.
 *
 * @throws KubewrightError KW_KUBECONFIG_MISSING naming every place that was tried; KW_KUBECONFIG_INVALID naming file and problem
 */
export async function loadRestConfig(options: LoadRestConfigOptions): Promise<RestConfig> {
  const config = await findRestConfig(options);
  const proxy = config.proxy ?? proxyFromEnvironment(config.server, options.env ?? process.env);
  return { ...config, ...(proxy && { proxy }) };
}

async function findRestConfig(options: LoadRestConfigOptions): Promise<RestConfig> {
  const { clock, context, kubeconfig, env = process.env, home = homedir(), serviceAccountDirectory = SERVICE_ACCOUNT_DIRECTORY } = options;
  if (kubeconfig) {
    if (!existsSync(kubeconfig)) throw missing(`the kubeconfig file ${kubeconfig} does not exist`, 'Check the path given with --kubeconfig.');
    return readKubeConfig([kubeconfig], { context, clock, env });
  }

  // As kubectl does: files of the list that do not exist are passed over, as long as one does.
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const present = listed.filter((file) => existsSync(file));
  if (present.length > 0) return readKubeConfig(present, { context, clock, env });
  if (listed.length > 0) throw missing(`KUBECONFIG names ${listed.join(', ')}, which does not exist`, 'Correct KUBECONFIG, or unset it to use ~/.kube/config.');

  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  if (host && port && existsSync(join(serviceAccountDirectory, 'token'))) return inClusterConfig({ host, port, clock, directory: serviceAccountDirectory });

  const usual = join(home, '.kube', 'config');
  if (existsSync(usual)) return readKubeConfig([usual], { context, clock, env });
  const inCluster = host ? `no service account token in ${serviceAccountDirectory}` : 'KUBERNETES_SERVICE_HOST is not set, so this is no pod';
  throw missing(`no cluster configuration: no --kubeconfig, KUBECONFIG is not set, ${inCluster}, and ${usual} does not exist`);
}

function missing(message: string, hint?: string): KubewrightError {
  return new KubewrightError('KW_KUBECONFIG_MISSING', message, hint ? { hint } : {});
}
