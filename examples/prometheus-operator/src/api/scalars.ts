/** Scalars that several kinds share. */
import type { Int32, Int64 } from '@kubewright/api';

/**
 * A duration as Prometheus writes it: `30s`, `1h30m`, `1y2w`.
 * @pattern ^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$
 */
export type PrometheusDuration = string;

/**
 * A duration as Prometheus writes it that must not be the empty text.
 * @minLength 1
 */
export type NonEmptyDuration = PrometheusDuration;

/**
 * A duration as Prometheus writes it in which even zero has a unit: `0s`.
 * @pattern ^(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?$
 */
export type DurationWithUnit = string;

/**
 * A duration of hours, minutes, seconds and milliseconds: `1h30m`.
 * @pattern ^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$
 */
export type GoDuration = string;

/**
 * An amount of bytes: `512MB`, `1.5GiB`.
 * @pattern (^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$
 */
export type ByteSize = string;

/** The scheme of a URL. */
export type Scheme = 'http' | 'https' | 'HTTP' | 'HTTPS';

/**
 * An absolute URL of HTTP.
 * @pattern ^https?://.+$
 */
export type HttpUrl = string;

/**
 * An absolute URL with one of the schemes `http` and `https`.
 * @pattern ^(http|https)://.+$
 */
export type HttpOrHttpsUrl = string;

/**
 * A text with at least one character.
 * @minLength 1
 */
export type NonEmptyString = string;

/**
 * A whole number that is not negative.
 * @minimum 0
 */
export type UnsignedInt64 = Int64;

/**
 * A whole number that is not negative and fits into 32 bits.
 * @minimum 0
 */
export type UnsignedInt32 = Int32;

/** Which names of metrics and labels are accepted: any UTF-8 text, or only letters, digits, colons and underscores. */
export type NameValidationScheme = 'UTF8' | 'Legacy';

/** How names with other than the classic characters are asked for when a target is scraped. */
export type NameEscapingScheme = 'AllowUTF8' | 'Underscores' | 'Dots' | 'Values';

/** Which objects of Kubernetes list the addresses behind a Service. */
export type ServiceDiscoveryRole = 'Endpoints' | 'EndpointSlice';

/** Whether labels are matched after the discovery or already by the API server. */
export type SelectorMechanism = 'RelabelConfig' | 'RoleSelector';
