/**
 * What names, labels and the like may look like (k8s.io/apimachinery/pkg/util/validation). Each function returns what is wrong, in the
 * server's words, and an empty list when nothing is.
 */
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;

const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const DNS1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_NAME_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_MESSAGE = `a valid label must be an empty string or consist of ${QUALIFIED_NAME_MESSAGE.slice('must consist of '.length)}`;

/** A DNS label of RFC 1123: names of namespaces and services. */
export function validateDns1123Label(value: string): string[] {
  const errors = tooLong(value, 63, 'characters');
  if (matches(LABEL, value)) return errors;
  return [...errors, matches(SUBDOMAIN, value) ? 'must not contain dots' : mismatch(LABEL_MESSAGE, LABEL, 'my-name', '123-abc')];
}

/** A DNS subdomain of RFC 1123: names of most objects, and API groups. */
export function validateDns1123Subdomain(value: string): string[] {
  return [...tooLong(value, 253, 'characters'), ...(matches(SUBDOMAIN, value) ? [] : [mismatch(SUBDOMAIN_MESSAGE, SUBDOMAIN, 'example.com')])];
}

/** A label of RFC 1035, which does not begin with a digit: kinds, plurals and versions of custom resources. */
export function validateDns1035Label(value: string): string[] {
  return [...tooLong(value, 63, 'characters'), ...(matches(DNS1035, value) ? [] : [mismatch(DNS1035_MESSAGE, DNS1035, 'my-name', 'abc-123')])];
}

/** `name` or `prefix.example.com/name`: keys of labels and annotations, finalizers, condition types. */
export function validateQualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    const message = mismatch(`a valid label key ${QUALIFIED_NAME_MESSAGE}`, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
    return [`${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const errors: string[] = [];
  const [prefix, name = ''] = parts.length === 2 ? parts : [undefined, value];
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) errors.push(...validateDns1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  if (name === '') errors.push('name part must be non-empty');
  errors.push(...tooLong(name, 63, 'bytes').map((message) => `name part ${message}`));
  if (!matches(QUALIFIED_NAME, name)) errors.push(`name part ${mismatch(QUALIFIED_NAME_MESSAGE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')}`);
  return errors;
}

/** The value of a label. */
export function validateLabelValue(value: string): string[] {
  const errors = tooLong(value, 63, 'bytes');
  return matches(LABEL_VALUE, value) ? errors : [...errors, mismatch(LABEL_VALUE_MESSAGE, LABEL_VALUE, 'MyValue', 'my_value', '12345')];
}

/** What can stand between two slashes of a URL; the only rule for names of roles and their bindings. */
export function validatePathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

/**
 * A `generateName`, to which characters will be appended: a dash at the end does no harm.
 * @param validate the rule for names of the kind
 */
export function validateNamePrefix(prefix: string, validate: (name: string) => string[]): string[] {
  // The server masks the dash together with the character before it.
  return validate(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix);
}

function matches(pattern: string, value: string): boolean {
  let compiled = compiledPatterns.get(pattern);
  if (!compiled) compiledPatterns.set(pattern, (compiled = new RegExp(`^(?:${pattern})$`)));
  return compiled.test(value);
}

const compiledPatterns = new Map<string, RegExp>();

/** Lengths are counted in bytes, as Go does, whatever the message calls them. */
function tooLong(value: string, limit: number, unit: 'characters' | 'bytes'): string[] {
  return value.length * 3 > limit && Buffer.byteLength(value) > limit ? [`must be no more than ${limit} ${unit}`] : [];
}

function mismatch(message: string, pattern: string, ...examples: readonly string[]): string {
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;
}
