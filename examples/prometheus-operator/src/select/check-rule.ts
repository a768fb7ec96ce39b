import type { ObjectOf } from '@kubewright/api';

import type { PrometheusRule } from '../api/index.js';

/**
 * Structure of a PrometheusRule as Prometheus checks it when it loads a file. Expressions are looked at for balance only: the one parser
 * of PromQL is Prometheus itself, and its admission webhook is where a bad expression is refused.
 * @throws Error for rules that Prometheus would not load
 */
export function checkRule({ spec }: ObjectOf<typeof PrometheusRule>): void {
  const names = new Set<string>();
  for (const group of spec.groups ?? []) {
    if (names.has(group.name)) throw new Error(`groupname: ${JSON.stringify(group.name)} is repeated in the same file`);
    names.add(group.name);
    group.rules?.forEach((rule, index) => {
      const problem = ruleProblem(rule);
      if (problem) throw new Error(`group ${JSON.stringify(group.name)}, rule ${index}: ${problem}`);
    });
  }
}

type Rule = NonNullable<NonNullable<ObjectOf<typeof PrometheusRule>['spec']['groups']>[number]['rules']>[number];

function ruleProblem(rule: Rule): string | undefined {
  if (rule.record && rule.alert) return 'only one of "record" and "alert" must be set';
  if (!rule.record && !rule.alert) return 'one of "record" or "alert" must be set';
  if (rule.expr === '') return 'field "expr" must be set in rule';
  if (rule.record && (rule.for || rule.keep_firing_for || rule.annotations)) return 'invalid field "for", "keep_firing_for" or "annotations" in recording rule';
  return isBalanced(String(rule.expr)) ? undefined : `could not parse expression: unbalanced brackets or quotes in ${JSON.stringify(rule.expr)}`;
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Brackets outside of strings and comments pair up, and strings end. */
function isBalanced(expression: string): boolean {
  const open: string[] = [];
  const bare = expression.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*/g, ' ');
  for (const character of bare) {
    if ('([{'.includes(character)) open.push(character);
    else if (CLOSES[character] && open.pop() !== CLOSES[character]) return false;
    else if ('"\'`'.includes(character)) return false;
  }
  return open.length === 0 && bare.trim() !== '';
}
