import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, NULL, STRING, TIMESTAMP, UINT, listOf, mapOf, opaque, optionalOf, param, typeOf, type Type } from './type.js';

/** What a function takes and gives. For methods the first parameter is the receiver. */
export interface Signature {
  readonly name: string;
  readonly isMethod: boolean;
  readonly parameters: readonly Type[];
  readonly result: Type;
}

/**
 * Reads a signature: `size(list(A)): int`, or `string.charAt(int): string` for a method. Functions with dots in their names have no receiver
 * in front: `sets.contains(list(A), list(A)): bool`; whether the first word is a type decides.
 */
export function parseSignature(text: string): Signature {
  const reader = new Reader(text);
  const start = reader.at;
  const word = reader.word();
  if (!isTypeName(word) || (GENERIC.has(word) && reader.peek() === '.') || isConversion(text, word)) {
    reader.at = /^[^\s(]*/.exec(text)![0].length;
    return { name: text.slice(0, reader.at), isMethod: false, ...reader.rest() };
  }
  reader.at = start;
  const receiver = reader.type();
  reader.expect('.');
  const name = reader.word();
  const { parameters, result } = reader.rest();
  return { name, isMethod: true, parameters: [receiver, ...parameters], result };
}

export function parseType(text: string): Type {
  return new Reader(text).type();
}

/** `string(int): string` is the conversion to string, `list(A).sum(): A` a method of lists. */
function isConversion(text: string, word: string): boolean {
  if (text[word.length] !== '(') return false;
  let depth = 0;
  for (let at = word.length; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return text[at + 1] !== '.';
  }
  return true;
}

const NAMES: Readonly<Record<string, Type>> = {
  bool: BOOL, int: INT, uint: UINT, double: DOUBLE, string: STRING, bytes: BYTES, null: NULL, dyn: DYN, timestamp: TIMESTAMP, duration: DURATION,
  Quantity: opaque('kubernetes.Quantity'), URL: opaque('kubernetes.URL'), IP: opaque('net.IP'), CIDR: opaque('net.CIDR'), Semver: opaque('kubernetes.Semver'),
  NamedFormat: opaque('kubernetes.NamedFormat'), Authorizer: opaque('kubernetes.authorization.Authorizer'), PathCheck: opaque('kubernetes.authorization.PathCheck'),
  GroupCheck: opaque('kubernetes.authorization.GroupCheck'), ResourceCheck: opaque('kubernetes.authorization.ResourceCheck'),
  Decision: opaque('kubernetes.authorization.Decision'), A: param('A'), B: param('B'), C: param('C'),
};

/** Types that have parameters; a dot behind their names makes these a namespace, as in `optional.of(A): optional(A)`. */
const GENERIC: ReadonlySet<string> = new Set(['list', 'map', 'optional', 'type']);

function isTypeName(word: string): boolean {
  return GENERIC.has(word) || Object.hasOwn(NAMES, word);
}

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  peek(): string {
    return this.text[this.at] ?? '';
  }

  word(): string {
    const found = /^[@A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(this.at))?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  expect(char: string): void {
    if (this.peek() !== char) throw new Error(`the signature ${this.text} should have ${char} at ${this.at}`);
    this.at++;
  }

  type(): Type {
    const word = this.word();
    const plain = Object.hasOwn(NAMES, word) ? NAMES[word] : undefined;
    if (plain !== undefined) return plain;
    const parameters = this.#list();
    switch (word) {
      case 'list': return listOf(parameters[0]!);
      case 'map': return mapOf(parameters[0]!, parameters[1]!);
      case 'optional': return optionalOf(parameters[0]!);
      case 'type': return typeOf(parameters[0]!);
      default: throw new Error(`the signature ${this.text} names an unknown type ${word}`);
    }
  }

  rest(): { parameters: readonly Type[]; result: Type } {
    const parameters = this.#list();
    this.expect(':');
    this.#space();
    return { parameters, result: this.type() };
  }

  #list(): Type[] {
    this.expect('(');
    const types: Type[] = [];
    while (this.peek() !== ')') {
      types.push(this.type());
      if (this.peek() === ',') this.at++;
      this.#space();
    }
    this.at++;
    return types;
  }

  #space(): void {
    while (this.peek() === ' ') this.at++;
  }
}
