import { validateLabelValue, validateQualifiedName } from '../meta/names.js';
import { parseInt64, sortByKey, type LabelRequirement } from './label-selector.js';
import { SelectorError } from './selector-error.js';

/**
 * Reads the text form of a selector: `app=web,tier in (a,b),tier notin (c),!canary,weight>3`. Requirements come ordered by key; the empty
 * text has none and matches everything.
 * @throws SelectorError with the server's message
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  for (;;) {
    const next = tokens.peek();
    if (next.kind === 'end') return sortByKey(requirements);
    if (next.kind !== 'word' && next.kind !== '!') throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    requirements.push(parseRequirement(tokens));
    const separator = tokens.take();
    if (separator.kind === 'end') return sortByKey(requirements);
    if (separator.kind !== ',') throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
    const after = tokens.peek();
    if (after.kind !== 'word' && after.kind !== '!') throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
  }
}

function parseRequirement(tokens: Tokens): LabelRequirement {
  const isNegated = tokens.peek().kind === '!';
  if (isNegated) tokens.take();
  const { kind, text: key } = tokens.take();
  if (kind !== 'word') fail(`found '${key}', expected: identifier`);
  const problems = validateQualifiedName(key);
  if (problems.length > 0) fail(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);
  const next = tokens.peek().kind;
  if (isNegated) return { key, operator: 'DoesNotExist', values: [] };
  return next === 'end' || next === ',' ? { key, operator: 'Exists', values: [] } : binary(tokens, key);
}

function binary(tokens: Tokens, key: string): LabelRequirement {
  const { kind, text } = tokens.take();
  // `in` and `notin` are words everywhere but here.
  switch (kind === 'word' ? text : kind) {
    case 'in':
      return checked({ key, operator: 'In', values: parseSet(tokens) });
    case 'notin':
      return checked({ key, operator: 'NotIn', values: parseSet(tokens) });
    case '=':
    case '==':
      return checked({ key, operator: 'In', values: parseValue(tokens) });
    case '!=':
      return checked({ key, operator: 'NotIn', values: parseValue(tokens) });
    case '>':
      return checked({ key, operator: 'GreaterThan', values: parseValue(tokens) });
    case '<':
      return checked({ key, operator: 'LessThan', values: parseValue(tokens) });
    default:
      return fail(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

/** A single value; none is the empty text. */
function parseValue(tokens: Tokens): string[] {
  const next = tokens.peek();
  if (next.kind === 'end' || next.kind === ',') return [''];
  if (next.kind !== 'word') fail(`found '${next.text}', expected: identifier`);
  return [tokens.take().text];
}

/** `(a,b)`. Nothing between parentheses or commas is the empty text. */
function parseSet(tokens: Tokens): string[] {
  const open = tokens.take();
  if (open.kind !== '(') fail(`found '${open.text}' expected: '('`);
  const first = tokens.peek();
  if (first.kind !== 'word' && first.kind !== ',' && first.kind !== ')') fail(`found '${first.text}', expected: ',', ')' or identifier`);
  const values = new Set<string>();
  for (let needsValue = true; ; ) {
    const token = tokens.take();
    if (token.kind === 'word') {
      if (!needsValue) fail(`found '${token.text}', expected: ',' or ')'`);
      values.add(token.text);
      needsValue = false;
    } else if (token.kind === ',' || token.kind === ')') {
      if (needsValue) values.add('');
      if (token.kind === ')') return [...values].sort();
      needsValue = true;
    } else {
      fail(`found '${token.text}', expected: ${needsValue ? "',', or identifier" : "',' or ')'"}`);
    }
  }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement;
  const problems: string[] = [];
  if (operator === 'GreaterThan' || operator === 'LessThan') {
    for (const [index, value] of values.entries()) {
      if (parseInt64(value) !== undefined) continue;
      problems.push(`values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
  }
  for (const [index, value] of values.entries()) {
    const messages = validateLabelValue(value);
    if (messages.length > 0) problems.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${messages.join('; ')}`);
  }
  if (problems.length > 0) fail(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`);
  return requirement;
}

function fail(message: string): never {
  throw new SelectorError(`unable to parse requirement: ${message}`);
}

type TokenKind = 'word' | 'end' | 'error' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';
const SYMBOLS: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<']);

/** The words and symbols of a selector, with one of look-ahead. */
class Tokens {
  readonly #text: string;
  #position = 0;
  #next: { readonly kind: TokenKind; readonly text: string } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): { readonly kind: TokenKind; readonly text: string } {
    return (this.#next ??= this.#scan());
  }

  take(): { readonly kind: TokenKind; readonly text: string } {
    const token = this.peek();
    this.#next = undefined;
    return token;
  }

  #scan(): { kind: TokenKind; text: string } {
    this.#match(/[ \t\r\n]*/y);
    if (this.#position >= this.#text.length) return { kind: 'end', text: '' };
    const word = this.#match(/[^=!(),<> \t\r\n]+/y);
    if (word !== '') return { kind: 'word', text: word };
    // The longest symbol: `==` before `=`.
    const candidates = [2, 1].map((length) => this.#text.slice(this.#position, this.#position + length));
    const symbol = candidates.find((candidate) => SYMBOLS.has(candidate)) ?? '';
    this.#position += symbol.length;
    return { kind: symbol as TokenKind, text: symbol };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const text = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += text.length;
    return text;
  }
}
