import type { Argument } from '../../api/pod-options.js';
import type { PrometheusObject } from '../metadata.js';
import type { Version } from '../../version.js';

/** The command line of Prometheus, in upstream's order. @throws Error when the user gives an argument that is set here */
export function prometheusArguments({ spec }: PrometheusObject, version: Version): string[] {
  const args: Argument[] = [];
  const add = (condition: unknown, name: string, value = ''): void => void (condition && args.push({ name, value }));

  add(true, 'config.file', '/etc/prometheus/config_out/prometheus.env.yaml');
  add(!version.atLeast(3), 'web.console.templates', '/etc/prometheus/consoles');
  add(!version.atLeast(3), 'web.console.libraries', '/etc/prometheus/console_libraries');
  add(true, 'web.enable-lifecycle');
  add(spec.enableRemoteWriteReceiver && version.atLeast(2, 33), 'web.enable-remote-write-receiver');
  add(spec.enableFeatures?.length && version.atLeast(2, 25), 'enable-feature', spec.enableFeatures?.join(','));
  add(spec.externalUrl, 'web.external-url', spec.externalUrl);
  add(true, 'web.route-prefix', spec.routePrefix || '/');
  add(spec.logLevel && spec.logLevel !== 'info', 'log.level', spec.logLevel);
  add(spec.logFormat && spec.logFormat !== 'logfmt' && version.atLeast(2, 6), 'log.format', spec.logFormat);
  add(spec.listenLocal, 'web.listen-address', '127.0.0.1:9090');
  addRetention(add, spec, version);
  add(true, 'storage.tsdb.path', '/prometheus');
  add(spec.enableAdminAPI, 'web.enable-admin-api');
  if (version.atLeast(2, 4)) {
    add(spec.rules?.alert?.forOutageTolerance, 'rules.alert.for-outage-tolerance', spec.rules?.alert?.forOutageTolerance);
    add(spec.rules?.alert?.forGracePeriod, 'rules.alert.for-grace-period', spec.rules?.alert?.forGracePeriod);
    add(spec.rules?.alert?.resendDelay, 'rules.alert.resend-delay', spec.rules?.alert?.resendDelay);
  }
  add(spec.query?.lookbackDelta, 'query.lookback-delta', spec.query?.lookbackDelta);
  add(spec.query?.maxConcurrency, 'query.max-concurrency', String(spec.query?.maxConcurrency));
  add(spec.query?.timeout, 'query.timeout', spec.query?.timeout);
  add(spec.query?.maxSamples && version.atLeast(2, 5), 'query.max-samples', String(spec.query?.maxSamples));
  add(spec.walCompression !== undefined && version.atLeast(2, 11), `${spec.walCompression ? '' : 'no-'}storage.tsdb.wal-compression`);
  add(version.atLeast(2, 24), 'web.config.file', '/etc/prometheus/web_config/web-config.yaml');
  add(spec.disableCompaction, 'storage.tsdb.max-block-duration', '2h');
  add(spec.disableCompaction, 'storage.tsdb.min-block-duration', '2h');

  refuseManaged(args, spec.additionalArgs ?? []);
  return [...args, ...(spec.additionalArgs ?? [])].map(({ name, value }) => (value ? `--${name}=${value}` : `--${name}`));
}

/** From 3.11 on retention stands in the configuration file. */
function addRetention(add: (condition: unknown, name: string, value?: string) => void, spec: PrometheusObject['spec'], version: Version): void {
  if (version.atLeast(3, 11)) return;
  if (!version.atLeast(2, 7)) {
    add(true, 'storage.tsdb.retention', spec.retention || '24h');
    return;
  }
  add(spec.retention || !spec.retentionSize, 'storage.tsdb.retention.time', spec.retention || '24h');
  add(spec.retentionSize, 'storage.tsdb.retention.size', spec.retentionSize);
}

function refuseManaged(managed: readonly Argument[], additional: readonly Argument[]): void {
  const plain = (name: string): string => name.replace(/^no-/, '');
  const taken = new Set(managed.map(({ name }) => plain(name)));
  const clashes = additional.filter(({ name }) => taken.has(plain(name))).map(({ name }) => name);
  if (clashes.length > 0) throw new Error(`can't set arguments which are already managed by the operator: ${clashes.join(',')}`);
}
