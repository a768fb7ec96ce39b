/**
 * @module selector: which objects belong. A selector comes as an object (label-selector.ts), as text (label-selector-parser.ts) or as a
 * selector on fields (field-selector.ts); all become lists of requirements that must all hold.
 */
import { SelectorError } from './selector-error.js';

/** Which objects belong, by their labels (k8s.io/apimachinery/pkg/apis/meta/v1). An empty selector matches everything. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelSelectorRequirement[];
}

/** One term of a {@link LabelSelector}. */
export interface LabelSelectorRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | (string & {});
  values?: string[];
}

/** One term of a selector, ready to be matched. `a=b` is In with one value, `a!=b` NotIn. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan';
  readonly values: readonly string[];
}

/**
 * The requirements of a selector, ordered by key.
 * @throws SelectorError for an operator that there is not, or values where there must be none (and the reverse)
 */
export function requirementsOf(selector: ReadonlySelector): LabelRequirement[] {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }));
  return sortByKey([...equalities, ...(selector.matchExpressions ?? []).map(requirementOf)]);
}

/** A {@link LabelSelector} that may come from a cache. */
export interface ReadonlySelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** Whether all requirements hold. Requirements with In, Exists and the comparisons ask for the label; the others are content without it. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Readonly<Record<string, string>> | undefined): boolean {
  const valueOf = (key: string): string | undefined => (labels && Object.hasOwn(labels, key) ? labels[key] : undefined);
  return requirements.every((requirement) => holds(requirement, valueOf(requirement.key)));
}

/** Whether a selector selects an object with these labels. Kubernetes reads a missing selector as "none", an empty one as "all". */
export function selectsLabels(selector: ReadonlySelector | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  return selector !== undefined && matchesLabels(requirementsOf(selector), labels);
}

/** The text form, which {@link parseLabelSelector} reads: `app=web,tier in (a,b),!canary`. */
export function formatLabelSelector(requirements: readonly LabelRequirement[]): string {
  return requirements.map(format).join(',');
}

/** Stable, and by code unit as Go sorts. @internal */
export function sortByKey<T extends { readonly key: string }>(requirements: T[]): T[] {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function requirementOf({ key, operator, values = [] }: NonNullable<ReadonlySelector['matchExpressions']>[number]): LabelRequirement {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) throw new SelectorError(`values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty`);
      return { key, operator, values: [...values] };
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) throw new SelectorError(`values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`);
      return { key, operator, values: [] };
    default:
      throw new SelectorError(`"${operator}" is not a valid label selector operator`);
  }
}

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'GreaterThan':
    case 'LessThan': {
      const [left, right] = [parseInt64(value), parseInt64(values[0])];
      if (left === undefined || right === undefined) return false;
      return operator === 'GreaterThan' ? left > right : left < right;
    }
  }
}

/** As Go's ParseInt with base 10 and 64 bits. @internal */
export function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

function format({ key, operator, values }: LabelRequirement): string {
  const sorted = [...values].sort();
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${sorted[0]}` : `${key} in (${sorted.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${sorted[0]}` : `${key} notin (${sorted.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'GreaterThan':
      return `${key}>${sorted[0]}`;
    case 'LessThan':
      return `${key}<${sorted[0]}`;
  }
}
