import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that HTTPS_PROXY (or HTTP_PROXY, for plain http) names for a server, unless NO_PROXY exempts it; by the rules of Go
 * (golang.org/x/net/http/httpproxy): the machine itself never goes through a proxy; NO_PROXY lists hosts (with those below them), `.suffixes`
 * (only those below), addresses, ranges such as 10.96.0.0/12, each with a port if wanted, or `*`.
 */
export function proxyFromEnvironment(server: string, env: Environment): string | undefined {
  const { hostname, port, protocol } = new URL(server);
  const proxy = protocol === 'https:' ? (env['HTTPS_PROXY'] || env['https_proxy']) : (env['HTTP_PROXY'] || env['http_proxy']);
  if (!proxy) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const isExempt = isLoopback(host) || exempts(env['NO_PROXY'] || env['no_proxy'] || '', host, port || (protocol === 'https:' ? '443' : '80'));
  return isExempt ? undefined : /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function exempts(noProxy: string, host: string, port: string): boolean {
  return noProxy.split(',').map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '').some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const range = /^(.+)\/(\d+)$/.exec(entry);
  if (range) return isIP(range[1]!) !== 0 && isIP(host) === isIP(range[1]!) && inRange(host, range[1]!, Number(range[2]));
  const [, name = entry, wantedPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (wantedPort && wantedPort !== port) return false;
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare)) return isIP(host) === isIP(bare) && inRange(host, bare, isIP(bare) === 6 ? 128 : 32);
  if (isIP(host)) return false;
  const suffix = bare.replace(/^\*\./, '.');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function inRange(host: string, network: string, prefix: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (prefix > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(host, family);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && (inRangeOf4(host) || host === '::1'));
}

function inRangeOf4(host: string): boolean {
  return isIP(host) === 4 && host.startsWith('127.');
}
