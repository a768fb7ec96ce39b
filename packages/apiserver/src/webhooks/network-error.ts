/** Why a connection could not be made, in the words of Go's net and crypto/tls. */
export function networkErrorText(error: unknown, host: string): string {
  const problem = firstOf(error);
  const { code = '', message } = problem;
  const certificate = certificateProblem(problem, host);
  if (certificate) return `tls: failed to verify certificate: x509: ${certificate}`;
  if (code === 'ECONNRESET') return 'EOF';
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: server misbehaving`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('HPE_')) {
    return /wrong version number|packet length too long|http request/i.test(message) ? 'http: server gave HTTP response to HTTPS client' : `remote error: ${message}`;
  }
  const dial = CONNECT_ERRORS[code];
  return dial && problem.address !== undefined ? `dial tcp ${problem.address.includes(':') ? `[${problem.address}]` : problem.address}:${problem.port ?? ''}: connect: ${dial}` : message;
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused', EHOSTUNREACH: 'no route to host', ENETUNREACH: 'network is unreachable', ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'cannot assign requested address', EACCES: 'permission denied', EPERM: 'operation not permitted',
};

const UNKNOWN_AUTHORITY: readonly string[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE', 'INVALID_CA', 'CERT_UNTRUSTED',
];

interface NetworkError extends Error {
  code?: string;
  address?: string;
  port?: number;
  cert?: { subjectaltname?: string };
}

/** A name with several addresses fails once for each; the first is told. */
function firstOf(error: unknown): NetworkError {
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  return inner instanceof Error ? inner : new Error(String(inner));
}

function certificateProblem({ code = '', cert }: NetworkError, host: string): string | undefined {
  if (UNKNOWN_AUTHORITY.includes(code)) return 'certificate signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate has expired or is not yet valid';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name !== '');
  const isAddress = /^[\d.]+$|:/.test(host);
  const fitting = names.filter((name) => name.startsWith(isAddress ? 'IP Address:' : 'DNS:')).map((name) => name.slice(name.indexOf(':') + 1));
  if (fitting.length > 0) return `certificate is valid for ${fitting.join(', ')}, not ${host}`;
  return isAddress ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs` : `certificate is not valid for any names, but wanted to match ${host}`;
}
