import type { RbacRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import { classesOf } from '../collect/resources.js';
import type { Diagnostics } from '../diagnostic.js';
import { evaluate } from '../load/constants.js';
import type { Declarations } from '../load/declarations.js';
import { decoratorsOf, nodeAt } from '../load/decorators.js';
import { suggest } from '../markers/suggest.js';

const VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'bind',
  'escalate',
  'impersonate',
  'approve',
  'sign',
  'attest',
  'use',
  '*',
];
const URL_VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', '*'];
const KEYS = ['groups', 'resources', 'resourceNames', 'urls', 'verbs', 'namespace', 'roleName'];

/** The rules that `@Rbac` states on the classes of some files. */
export function explicitRules(files: readonly ts.SourceFile[], declarations: Declarations, diagnostics: Diagnostics): RbacRule[] {
  const rules: RbacRule[] = [];
  for (const file of files) {
    for (const node of classesOf(file)) {
      for (const call of decoratorsOf(node, declarations)) {
        if (call.name !== 'Rbac') continue;
        for (const argument of call.arguments) {
          const found = evaluate(argument, declarations);
          if (!('value' in found))
            diagnostics.report('KW1701', found.notConstant, 'the rules of @Rbac must be constants: the generator reads them, and never runs them');
          else if (isRule(found.value, argument, diagnostics) && checkRule(found.value, argument, diagnostics)) rules.push(found.value);
        }
      }
    }
  }
  return rules;
}

function isRule(value: unknown, at: ts.Expression, diagnostics: Diagnostics): value is RbacRule {
  const report = (key: string | undefined, message: string) => (
    diagnostics.report('KW1701', key === undefined ? at : nodeAt(at, [key]), message),
    false
  );
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return report(undefined, 'a rule is an object');
  let isFine = true;
  for (const [key, entry] of Object.entries(value)) {
    const isText = key === 'namespace' || key === 'roleName';
    if (!KEYS.includes(key)) {
      const meant = suggest(key, KEYS);
      isFine = report(key, `a rule has no ${key}${meant ? `: did you mean ${meant}?` : ''}`);
    } else if (isText ? typeof entry !== 'string' : !Array.isArray(entry) || !entry.every((one) => typeof one === 'string'))
      isFine = report(key, `${key} is ${isText ? 'a text' : 'a list of texts'}`);
  }
  return isFine;
}

function checkRule(rule: RbacRule, at: ts.Expression, diagnostics: Diagnostics): boolean {
  let isFine = true;
  const report = (key: string, message: string, hint?: string) => {
    diagnostics.report('KW1701', nodeAt(at, [key]), message, hint);
    isFine = false;
  };
  const isUrl = (rule.urls?.length ?? 0) > 0;
  const isResource = (rule.resources?.length ?? 0) > 0;
  if (!rule.verbs?.length) report('verbs', 'a rule needs at least one verb');
  if (isUrl === isResource)
    report(isUrl ? 'urls' : 'resources', isUrl ? 'a rule is about resources or about urls, not both' : 'a rule needs resources with groups, or urls');
  if (isResource && !rule.groups?.length) report('resources', 'resources need the groups that they are in', "the core group is ''");
  if (isUrl && rule.namespace !== undefined) report('urls', 'urls are no part of a namespace: non-resource URLs need a ClusterRole');
  for (const [index, verb] of (rule.verbs ?? []).entries()) {
    const known = isUrl ? URL_VERBS : VERBS;
    if (known.includes(verb)) continue;
    const meant = suggest(verb, known);
    if (meant) {
      diagnostics.report('KW1701', nodeAt(at, ['verbs', index]), `unknown verb ${verb}: did you mean ${meant}?`);
      isFine = false;
    } else diagnostics.report('KW2702', nodeAt(at, ['verbs', index]), `${verb} is none of the usual verbs`);
  }
  if (rule.resourceNames?.length && rule.verbs?.length && rule.verbs.every((verb) => verb === 'create' || verb === 'deletecollection'))
    diagnostics.report(
      'KW2701',
      nodeAt(at, ['resourceNames']),
      `${rule.verbs.join(' and ')} can not be allowed by name: the request does not say it`,
      'leave resourceNames out',
    );
  return isFine;
}
