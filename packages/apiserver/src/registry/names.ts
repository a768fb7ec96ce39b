import type { Random } from '@kubewright/platform';

/** Without vowels and look-alikes (k8s.io/apimachinery/pkg/util/rand). */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const GENERATED_LENGTH = 5;
const LONGEST_NAME = 63;

/** A name for `generateName`: the prefix, cut to fit a label, and five random characters. */
export function generateName(prefix: string, random: Random): string {
  return prefix.slice(0, LONGEST_NAME - GENERATED_LENGTH) + randomSuffix(random, GENERATED_LENGTH);
}

/** Random characters that spell no words. */
export function randomSuffix(random: Random, length: number): string {
  return Array.from({ length }, () => SAFE_ALPHABET[Math.floor(random.float() * SAFE_ALPHABET.length)]!).join('');
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_PATTERN = new RegExp(`^${LABEL}$`);
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const SUBDOMAIN_PATTERN = new RegExp(`^${SUBDOMAIN}$`);

/** Problems of a lower-case RFC 1123 subdomain, the rule for most names. */
export function subdomainProblems(name: string, prefix = false): string[] {
  const value = prefix ? maskTrailingDash(name) : name;
  const problems: string[] = [];
  if (value.length > 253) problems.push('must be no more than 253 characters');
  if (!SUBDOMAIN_PATTERN.test(value)) {
    problems.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric " +
        `character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  return problems;
}

/** Problems of a lower-case RFC 1123 label: namespaces, services, ports and containers. */
export function labelProblems(name: string, prefix = false): string[] {
  const value = prefix ? maskTrailingDash(name) : name;
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 characters');
  if (!LABEL_PATTERN.test(value)) {
    if (SUBDOMAIN_PATTERN.test(value)) problems.push('must not contain dots');
    else {
      problems.push(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
          `(e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
      );
    }
  }
  return problems;
}

/** Problems of a name that only has to fit in a path: roles and bindings. */
export function pathSegmentProblems(name: string, prefix = false): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`);
}

/** The random part that follows a prefix makes a dash at its end legal. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1)}a` : name;
}

const QUALIFIED_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_PART_PATTERN = new RegExp(`^${QUALIFIED_PART}$`);
const QUALIFIED_SHAPE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_PART}')`;

/** Problems of a qualified name (`example.com/MyName`): keys of labels and annotations, finalizers. */
export function qualifiedNameProblems(value: string): string[] {
  const parts = value.split('/');
  const problems: string[] = [];
  const name = parts[parts.length - 1]!;
  if (parts.length > 2) return [`a valid label key ${QUALIFIED_SHAPE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty');
    else problems.push(...subdomainProblems(parts[0]!).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!QUALIFIED_PART_PATTERN.test(name)) problems.push(`name part ${QUALIFIED_SHAPE}`);
  return problems;
}

/** Problems of a label's value. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (value !== '' && !QUALIFIED_PART_PATTERN.test(value)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
        `character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${QUALIFIED_PART})?')`,
    );
  }
  return problems;
}
