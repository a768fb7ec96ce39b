import { UintConstant, type Call, type Constant, type Expr } from './ast.js';

/** Writes a tree as an expression that reads as the same tree; macros stand as they were called. */
export function print(expr: Expr): string {
  return write(expr, 0);
}

/** How tightly operators bind; operands that bind looser get parentheses. */
const BINARY: Readonly<Record<string, readonly [symbol: string, strength: number]>> = {
  '_||_': ['||', 2], '_&&_': ['&&', 3], '_<_': ['<', 4], '_<=_': ['<=', 4], '_>_': ['>', 4], '_>=_': ['>=', 4], '_==_': ['==', 4], '_!=_': ['!=', 4], '@in': ['in', 4],
  '_+_': ['+', 5], '_-_': ['-', 5], '_*_': ['*', 6], '_/_': ['/', 6], '_%_': ['%', 6],
};
const TERNARY = 1;
const UNARY = 7;
const MEMBER = 8;

function write(expr: Expr, outer: number): string {
  if (expr.macro !== undefined) return writeCall(expr.macro, outer);
  switch (expr.kind) {
    case 'literal': return writeLiteral(expr.value, outer);
    case 'ident': return expr.name;
    case 'select': {
      const text = `${write(expr.operand, MEMBER)}.${expr.field}`;
      return expr.testOnly ? `has(${text})` : text;
    }
    case 'call': return writeCall(expr, outer);
    case 'list': return `[${expr.elements.map((element, index) => `${expr.optional.has(index) ? '?' : ''}${write(element, 0)}`).join(', ')}]`;
    case 'map': return `{${expr.entries.map(({ key, value, optional }) => `${optional ? '?' : ''}${write(key, 0)}: ${write(value, 0)}`).join(', ')}}`;
    case 'struct': return `${expr.type}{${expr.fields.map(({ name, value, optional }) => `${optional ? '?' : ''}${name}: ${write(value, 0)}`).join(', ')}}`;
    case 'comprehension': throw new Error('a loop that no macro made can not be written');
  }
}

function writeCall({ name, target, args }: Call, outer: number): string {
  const [first, second, third] = args;
  if (target !== undefined) return `${write(target, MEMBER)}.${name}(${args.map((argument) => write(argument, 0)).join(', ')})`;
  const binary = Object.hasOwn(BINARY, name) ? BINARY[name] : undefined;
  if (binary !== undefined) {
    const [symbol, strength] = binary;
    // Chains of one logical operator are balanced when read: their parentheses have to stay.
    const isLogical = name === '_||_' || name === '_&&_';
    const left = write(first!, isLogical ? strength + 1 : strength);
    return parenthesize(`${left} ${symbol} ${write(second!, strength + 1)}`, strength, outer);
  }
  switch (name) {
    case '_?_:_': return parenthesize(`${write(first!, TERNARY + 1)} ? ${write(second!, TERNARY + 1)} : ${write(third!, TERNARY)}`, TERNARY, outer);
    case '!_': return parenthesize(`!${write(first!, MEMBER)}`, UNARY, outer);
    case '-_': return parenthesize(`-${first!.kind === 'literal' ? `(${write(first!, 0)})` : write(first!, MEMBER)}`, UNARY, outer);
    case '_[_]': return `${write(first!, MEMBER)}[${write(second!, 0)}]`;
    case '_[?_]': return `${write(first!, MEMBER)}[?${write(second!, 0)}]`;
    case '_?._': return `${write(first!, MEMBER)}.?${(second as { value: string }).value}`;
    default: return `${name}(${args.map((argument) => write(argument, 0)).join(', ')})`;
  }
}

function parenthesize(text: string, strength: number, outer: number): string {
  return strength < outer ? `(${text})` : text;
}

function writeLiteral(value: Constant, outer: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof UintConstant) return `${value.value}u`;
  if (typeof value === 'string') return quote(value);
  if (value instanceof Uint8Array) return `b"${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  const text = typeof value === 'bigint' ? value.toString() : writeDouble(value);
  return text.startsWith('-') && outer >= UNARY ? `(${text})` : text;
}

function writeDouble(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (char) => (char === '"' || char === '\\' ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))}"`;
}
