import { SelectorError } from './selector-error.js';

/** One term of a selector on fields, as access reviews carry it (k8s.io/apimachinery/pkg/apis/meta/v1). */
export interface FieldSelectorRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | (string & {});
  values?: string[];
}

/** One term of a selector on fields: `status.phase!=Running`. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Reads `metadata.name=web,status.phase!=Running`. In values `\`, `,` and `=` are written with a backslash before them. Whether a field
 * can be selected by is the resource's decision.
 * @throws SelectorError with the server's message
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitTerms(text).filter((term) => term !== '').map((term) => {
    // Whatever comes first: in `a!=b` that is the longer operator.
    const match = /^([^]*?)(!=|==|=)([^]*)$/.exec(term);
    if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    return { field, operator: operator === '!=' ? '!=' : '=', value: unescape(value) };
  });
}

/** Whether all requirements hold. A field that the object does not have counts as the empty text. */
export function matchesFields(requirements: readonly FieldRequirement[], valueOf: (field: string) => string | undefined): boolean {
  return requirements.every(({ field, operator, value }) => ((valueOf(field) ?? '') === value) === (operator === '='));
}

/** The text form, which {@link parseFieldSelector} reads. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements.map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`).join(',');
}

/** At commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === ',') {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function unescape(value: string): string {
  return value.replace(/\\([^]?)|[,=]/gu, (sequence: string, escaped: string | undefined) => {
    if (escaped === undefined) throw new SelectorError(`invalid field selector: unescaped character in value: ${sequence.codePointAt(0)}`);
    if (!['\\', ',', '='].includes(escaped)) throw new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
    return escaped;
  });
}
