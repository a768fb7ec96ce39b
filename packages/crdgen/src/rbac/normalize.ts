import type { RbacRule } from '@kubewright/api';

/** A rule as a Role carries it. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface Rule {
  groups: string[];
  resources: string[];
  names: string[];
  urls: string[];
  verbs: string[];
}

/**
 * The normal form of controller-gen: rules are split by resource; verbs of equal rules are joined; then resources, groups and URLs of rules that
 * are equal in everything else. Everything is sorted and `*` swallows the other verbs, so the order in the source says nothing.
 */
export function normalizeRules(given: readonly RbacRule[]): PolicyRule[] {
  let rules = given.flatMap(splitByResource);
  rules = join(
    rules,
    (rule) => key(rule.groups, rule.resources, rule.names, rule.urls),
    (rule) => rule.verbs,
  );
  rules = join(
    rules,
    (rule) => key(rule.groups, rule.names, rule.urls, rule.verbs),
    (rule) => rule.resources,
  );
  rules = join(
    rules,
    (rule) => key(rule.resources, rule.names, rule.urls, rule.verbs),
    (rule) => rule.groups,
  );
  rules = join(
    rules,
    (rule) => key(rule.groups, rule.resources, rule.names, rule.verbs),
    (rule) => rule.urls,
  );
  const sortKey = (rule: Rule) => `${rule.groups.join('&')} + ${rule.resources.join('&')} + ${rule.urls.join('&')} + ${rule.names.join('&')}`;
  return rules
    .sort((a, b) => compare(sortKey(a), sortKey(b)))
    .map((rule) => ({
      ...(rule.groups.length > 0 ? { apiGroups: rule.groups } : {}),
      ...(rule.urls.length > 0 ? { nonResourceURLs: rule.urls } : {}),
      ...(rule.names.length > 0 ? { resourceNames: rule.names } : {}),
      ...(rule.resources.length > 0 ? { resources: rule.resources } : {}),
      verbs: rule.verbs.includes('*') ? ['*'] : rule.verbs,
    }));
}

function splitByResource(given: RbacRule): Rule[] {
  const base: Rule = {
    groups: sorted((given.groups ?? []).map((group) => (group === 'core' ? '' : group))),
    resources: [],
    names: sorted(given.resourceNames ?? []),
    urls: sorted(given.urls ?? []),
    verbs: sorted(given.verbs),
  };
  return given.resources?.length ? given.resources.map((resource) => ({ ...base, resources: [resource] })) : [base];
}

/** Joins one list of the rules that are equal by `keyOf`. */
function join(rules: readonly Rule[], keyOf: (rule: Rule) => string, list: (rule: Rule) => string[]): Rule[] {
  const byKey = new Map<string, Rule>();
  for (const rule of rules) {
    const key = keyOf(rule);
    const first = byKey.get(key);
    if (!first) byKey.set(key, structuredClone(rule));
    else {
      const target = list(first);
      target.splice(0, target.length, ...sorted([...target, ...list(rule)]));
    }
  }
  return [...byKey.values()];
}

function key(...lists: readonly (readonly string[])[]): string {
  return JSON.stringify(lists);
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list)].sort(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
