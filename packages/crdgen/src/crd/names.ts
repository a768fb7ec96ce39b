import { pluralize } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import type { Diagnostics } from '../diagnostic.js';

/** `spec.names` of a definition. */
export interface Names {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** The plural of a kind as URLs spell it. */
export function pluralOf(resource: ResourceDeclaration): string {
  return resource.options.plural ?? pluralize(resource.kind.toLowerCase());
}

export function namesOf(resource: ResourceDeclaration): Names {
  const { options, kind } = resource;
  return {
    plural: pluralOf(resource),
    singular: options.singular ?? kind.toLowerCase(),
    kind,
    listKind: options.listKind ?? `${kind}List`,
    ...(options.shortNames?.length ? { shortNames: options.shortNames } : {}),
    ...(options.categories?.length ? { categories: options.categories } : {}),
  };
}

const LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names that the server would refuse. */
export function checkNames(resource: ResourceDeclaration, diagnostics: Diagnostics): void {
  const { options, at } = resource;
  const names = namesOf(resource);
  const report = (path: (string | number)[], message: string, hint?: string) => diagnostics.report('KW1501', at(...path), message, hint);
  const label = (path: (string | number)[], what: string, value: string) => {
    if (!LABEL.test(value))
      report(path, `${what} ${JSON.stringify(value)} must be a DNS-1035 label: lower-case letters, digits and -, from a letter on, at most 63`);
  };
  label(['version'], 'the version', options.version);
  label(['plural'], 'the plural', names.plural);
  label(['singular'], 'the singular', names.singular);
  names.shortNames?.forEach((name, index) => label(['shortNames', index], 'the short name', name));
  names.categories?.forEach((name, index) => label(['categories', index], 'the category', name));
  if (!options.group.includes('.'))
    report(['group'], `the group ${JSON.stringify(options.group)} should be a domain with at least one dot`, 'demo.example.com, for example');
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(options.group) || options.group.length > 253)
    report(['group'], `the group ${JSON.stringify(options.group)} must be a DNS-1123 subdomain`);
  if (!LABEL.test(names.kind.toLowerCase())) report(['kind'], `the kind ${names.kind} must be a DNS-1035 label when it is written in lower case`);
  if (!LABEL.test(names.listKind.toLowerCase()))
    report(['listKind'], `the listKind ${names.listKind} must be a DNS-1035 label when it is written in lower case`);
  if (names.kind === names.listKind) report(['listKind'], 'kind and listKind may not be the same');
  if (options.scope !== undefined && options.scope !== 'Namespaced' && options.scope !== 'Cluster')
    report(['scope'], `the scope is Namespaced or Cluster, not ${String(options.scope)}`);
}

/** Every version of a kind is served under the same names; a version that states none takes those of the stored one. */
export function checkSameNames(stored: ResourceDeclaration, others: readonly ResourceDeclaration[], diagnostics: Diagnostics): void {
  const wanted: Readonly<Record<string, unknown>> = { ...namesOf(stored), scope: stored.options.scope ?? 'Namespaced' };
  for (const other of others) {
    for (const key of ['plural', 'singular', 'listKind', 'shortNames', 'categories', 'scope'] as const) {
      const stated = other.options[key];
      if (stated === undefined || JSON.stringify(stated) === JSON.stringify(wanted[key] ?? [])) continue;
      const [a, b] = [stored.options.version, other.options.version].sort();
      diagnostics.report(
        'KW1501',
        other.at(key),
        `names differ between ${a} and ${b}: ${key} is ${JSON.stringify(stated)} here and ${JSON.stringify(wanted[key] ?? [])} there`,
        'state names once, at the stored version',
      );
    }
  }
}
