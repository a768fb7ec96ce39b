import type { PolicyRule } from '@kubewright/api/rbac/v1';

import type { RequestAttributes } from './authorizer.js';

/** Whether one rule allows one request. Missing lists match nothing. */
export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  const { resource } = attributes;
  if (!resource) return rule.nonResourceURLs?.some((pattern) => matchesPath(pattern, attributes.path)) ?? false;
  return includes(rule.apiGroups, resource.group) && matchesResource(rule, resource.plural, resource.subresource) && matchesName(rule, resource.name);
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((entry) => entry === '*' || entry === value) ?? false;
}

/** `*` is everything, `pods/log` one subresource, `*` + `/scale` that subresource of everything. `pods` alone has no subresources. */
function matchesResource(rule: PolicyRule, plural: string, subresource: string): boolean {
  const wanted = subresource === '' ? plural : `${plural}/${subresource}`;
  return rule.resources?.some((entry) => entry === '*' || entry === wanted || (subresource !== '' && entry === `*/${subresource}`)) ?? false;
}

/** A rule with names never allows a request without one, such as a list or a create. */
function matchesName(rule: PolicyRule, name: string): boolean {
  return !rule.resourceNames?.length || rule.resourceNames.includes(name);
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));
}
