import { goNumber, goQuote } from '@kubewright/api';

/** How Go writes values of a wrong type into messages. */

/** `%v`: `map[a:1]`, `[x y]`, `<nil>`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') return `map[${sortedEntries(value).map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
  return typeof value === 'number' || typeof value === 'bigint' ? goNumber(value) : String(value);
}

/** `%#v`: `map[string]interface {}{"a":1}`, `[]interface {}{"x"}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') return `map[string]interface {}{${sortedEntries(value).map(([key, item]) => `${goQuote(key)}:${goSyntax(item)}`).join(', ')}}`;
  return typeof value === 'string' ? goQuote(value) : goText(value);
}

/** `%T`: `string`, `int64`, `map[string]interface {}`. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'object':
      return 'map[string]interface {}';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return typeof value === 'bigint' || Number.isInteger(value) ? 'int64' : 'float64';
  }
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
