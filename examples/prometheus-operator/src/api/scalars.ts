/** Scalars that several kinds share. */

/**
 * A duration as Prometheus writes it: `30s`, `1h30m`, `1y2w`.
 * @pattern ^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$
 */
export type PrometheusDuration = string;

/**
 * An amount of bytes: `512MB`, `1.5GiB`.
 * @pattern (^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$
 */
export type ByteSize = string;

/** The scheme of a URL. */
export type Scheme = 'http' | 'https' | 'HTTP' | 'HTTPS';
