/** @module generator: random types as TypeScript text, and values that are nearly of them: what the generator, its validators, the server and tsc must agree on. */
import fc from 'fast-check';

/** A type of TypeScript, as it is written, with values that it mostly allows. */
export interface RandomType {
  /** The type as it stands behind a colon. */
  readonly text: string;
  /** Lines of the JSDoc block of a member of this type. */
  readonly tags: readonly string[];
  readonly value: fc.Arbitrary<unknown>;
  /** What is declared beside it. */
  readonly declarations: readonly string[];
  /** Whether two values of it can be told apart, so that it can be an item of a set. */
  readonly isScalar?: boolean;
}

/** What random types may have. */
export interface Extent {
  /** Only what the type checker sees as well: no bounds, no rules, no formats. */
  readonly isPlain: boolean;
  readonly depth: number;
  /** Old values can be found here, so that rules about changes may stand. */
  readonly isCorrelatable: boolean;
}

const NAMES = ['a', 'b', 'c', 'namespace', 'x-y', 'in', 'd.e', 'f__g'] as const;
const WORDS = ['', 'x', 'abc', 'a-b', 'zz top', 'ünï', 'Straße', '日本', 'a', 'b', '10s', '5m'] as const;

let declared = 0;

/** A type for `spec`: mostly an object with members. */
export function randomSpec(extent: Extent): fc.Arbitrary<RandomType> {
  return fc.oneof({ weight: 5, arbitrary: object(extent) }, { weight: 2, arbitrary: union(extent) }, { weight: 2, arbitrary: randomType(extent) });
}

export function randomType(extent: Extent): fc.Arbitrary<RandomType> {
  const scalars = [text(extent), integer(extent), flag(), choice(), numbers(), template(), mixed(extent)];
  if (!extent.isPlain) scalars.push(float(), moment(), bytes(), quantity());
  if (extent.depth <= 0) return fc.oneof(...scalars);
  return fc.oneof({ weight: 4, arbitrary: fc.oneof(...scalars) }, { weight: 3, arbitrary: fc.oneof(list(extent), map(extent), tuple(extent)) }, { weight: 4, arbitrary: object(extent) }, { weight: 2, arbitrary: union(extent) }, { weight: 1, arbitrary: nullable(extent) });
}

const leaf = (texts: string, value: fc.Arbitrary<unknown>, tags: readonly string[] = []): RandomType => ({ text: texts, tags, value, declarations: [], isScalar: true });

function ruled(extent: Extent, tags: fc.Arbitrary<string[]>, rules: readonly string[], transitions: readonly string[] = [], plain: string[] = []): fc.Arbitrary<string[]> {
  // Generated rules cost too much in lists and maps without bounds, so that even plain ones have them.
  if (extent.isPlain) return fc.constant(plain);
  const all = [...rules, ...(extent.isCorrelatable ? transitions : [])];
  return fc.tuple(tags, fc.option(fc.constantFrom(...all), { freq: 3 })).map(([lines, rule]) => [...lines, ...(rule === null ? [] : [`@validation ${JSON.stringify({ rule })}`])]);
}

function text(extent: Extent): fc.Arbitrary<RandomType> {
  const tags = fc.subarray(['@minLength 1', '@pattern ^[a-z0-9-]*$', '@format hostname']).map((lines) => ['@maxLength 12', ...lines]);
  return ruled(extent, tags, ["self != 'abc'", 'self.size() > 1', "self.startsWith('a') || self.contains('0')", "self.lowerAscii() == self"], ['self == oldSelf', 'self.size() >= oldSelf.size()']).map((lines) => leaf('string', fc.constantFrom(...WORDS), lines));
}

function integer(extent: Extent): fc.Arbitrary<RandomType> {
  const tags = fc.subarray(['@minimum 0', '@maximum 10', '@multipleOf 2', '@exclusiveMinimum -3']).map((lines) => (lines.includes('@minimum 0') ? lines.filter((one) => !one.startsWith('@excl')) : lines));
  return fc.tuple(fc.constantFrom('Int', 'Int32', 'Int64'), ruled(extent, tags, ['self % 2 == 0', 'self < 8 || self > 9', 'self * 2 != 6'], ['self >= oldSelf'])).map(([name, lines]) => leaf(name, fc.constantFrom(0, 1, 2, 3, 4, 8, 10, 11, -2), lines));
}

const float = (): fc.Arbitrary<RandomType> => fc.constantFrom([], ['@minimum 0.5'], ['@exclusiveMaximum 2.5'], ['@validation {"rule": "self < 1.5 || self > 2.0"}']).map((tags) => leaf('Double', fc.constantFrom(0, 0.5, 1, 1.75, 2.5, -3), tags));
const flag = (): fc.Arbitrary<RandomType> => fc.constantFrom('boolean', 'true').map((name) => leaf(name, fc.boolean()));
const choice = (): fc.Arbitrary<RandomType> => fc.subarray(['x', 'abc', '10s', '', 'Straße'], { minLength: 1 }).map((names) => leaf(names.map((one) => `'${one}'`).join(' | '), fc.constantFrom(...names, 'x', 'other')));
const numbers = (): fc.Arbitrary<RandomType> => fc.subarray([0, 1, 5, -2], { minLength: 1 }).map((values) => leaf(values.join(' | '), fc.constantFrom(...values, 5, 7)));
const template = (): fc.Arbitrary<RandomType> =>
  fc.constantFrom(['`${bigint}s`', '5s', '-3s'], ['`${bigint}${"s" | "m"}` | "0"', '5m', '0'], ['`v${bigint}.${bigint}`', 'v1.2', 'v1'], ['`${"a" | "b"}-${"c" | "d"}`', 'a-d', 'a-e']).map(([name = '', ...values]) => leaf(name, fc.constantFrom(...values, 'x', '5s', '')));
const mixed = (extent: Extent): fc.Arbitrary<RandomType> => fc.constantFrom([], ...(extent.isPlain ? [] : [['@pattern ^[0-9]+%$', '@maxLength 6'], ['@minimum 1'], ['@maxLength 6', '@validation {"rule": "type(self) == int ? self > 0 : self.endsWith(\'%\')"}']])).map((tags) => leaf('IntOrString', fc.constantFrom(0, 1, 5, '5%', 'x', ''), tags));
const moment = (): fc.Arbitrary<RandomType> => fc.constantFrom('Time', 'MicroTime').map((name) => leaf(name, fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00', '2026-02-30T00:00:00Z', 'x')));
const bytes = (): fc.Arbitrary<RandomType> => fc.constant(leaf('Bytes', fc.constantFrom('YQ==', 'YWI=', 'a', '')));
const quantity = (): fc.Arbitrary<RandomType> => fc.constant(leaf('Quantity', fc.constantFrom('1Gi', 1, '0.5', '-2', 'x', '1ki')));

function list(extent: Extent): fc.Arbitrary<RandomType> {
  const plain = fc.tuple(randomType(below(extent, false)), fc.constantFrom('T[]', 'Array<T>', 'readonly T[]', 'ReadonlyArray<T>')).chain(([item, form]) =>
    ruled(extent, fc.subarray(['@minItems 1']).map((lines) => ['@maxItems 4', ...lines]), ['self.size() != 2'], ['self.size() >= oldSelf.size()'], ['@maxItems 4']).map((tags) => ({
      text: form.replace('T', form.endsWith('[]') ? `(${item.text})` : item.text),
      tags: [...tags, ...item.tags.map((one) => `@items.${one.slice(1)}`)],
      value: fc.array(item.value, { maxLength: 3 }),
      declarations: item.declarations,
    })),
  );
  const set = fc.oneof(choice(), numbers(), fc.constant(leaf('string', fc.constantFrom('x', 'y', 'z'), extent.isPlain ? [] : ['@maxLength 5']))).map((item) => ({
    text: `SetList<${item.text}>`,
    tags: ['@maxItems 4', ...item.tags.map((one) => `@items.${one.slice(1)}`)],
    value: extent.isPlain ? fc.uniqueArray(item.value, { maxLength: 3 }) : fc.array(item.value, { maxLength: 3 }),
    declarations: [],
  }));
  const keyed = randomType({ ...below(extent, extent.isCorrelatable) }).map((member): RandomType => {
    const name = `Keyed${declared++}`;
    const key = extent.isPlain ? fc.constantFrom('k1', 'k2', 'k3') : fc.constantFrom('k1', 'k2');
    const items = fc.array(fc.record({ name: key, value: member.value }, { requiredKeys: ['name'] }), { maxLength: 3 });
    return {
      text: `MapList<${name}, 'name'>`,
      tags: ['@maxItems 4'],
      value: extent.isPlain ? items.map((all) => all.filter((one, index) => all.findIndex((other) => other.name === one.name) === index)) : items,
      declarations: [...member.declarations, `interface ${name} {${extent.isPlain ? '' : ' /** @maxLength 5 */'} name: string; ${docs(member.tags)} value?: ${member.text} }`],
    };
  });
  return fc.oneof(plain, set, keyed);
}

function map(extent: Extent): fc.Arbitrary<RandomType> {
  return fc.tuple(randomType(below(extent, extent.isCorrelatable)), fc.constantFrom('Record<string, T>', '{ [key: string]: T }')).map(([item, form]) => {
    // Tags can not stand on the values of a map; an alias carries them.
    const name = `Value${declared++}`;
    return {
      text: form.replace('T', name),
      tags: ['@maxProperties 4'],
      value: fc.dictionary(fc.constantFrom('k', 'x.y', 'A-b', 'é'), item.value, { maxKeys: 3, noNullPrototype: true }),
      declarations: [...item.declarations, `${docs(item.tags)} type ${name} = ${item.text};`],
    };
  });
}

function tuple(extent: Extent): fc.Arbitrary<RandomType> {
  return fc.tuple(fc.oneof(flag(), choice(), fc.constant(leaf('string', fc.constantFrom('x', 'y'))), fc.constant(leaf('Int', fc.constantFrom(1, 2)))), fc.constantFrom('[T, T]', '[T, ...(T)[]]', '[T, (T)?]', 'readonly [T]'), fc.constant(extent)).map(([item, form]) => ({
    text: form.replaceAll('(T)', `(${item.text})`).replaceAll('T', item.text),
    tags: form.includes('...') ? ['@maxItems 4'] : [],
    value: fc.array(item.value, { minLength: 0, maxLength: 3 }),
    declarations: [],
  }));
}

interface Member extends RandomType {
  readonly name: string;
  readonly isOptional: boolean;
}

function members(extent: Extent): fc.Arbitrary<Member[]> {
  const one = fc.tuple(fc.constantFrom(...NAMES), fc.boolean(), randomType(below(extent, extent.isCorrelatable))).map(([name, isOptional, type]) => ({ ...type, name, isOptional }));
  return fc.uniqueArray(one, { minLength: 1, maxLength: 4, selector: (member) => member.name });
}

function object(extent: Extent): fc.Arbitrary<RandomType> {
  return fc.tuple(members(extent), fc.constantFrom('inline', 'interface', 'class', 'extends', 'partial', 'pick', 'intersection', 'generic')).chain(([all, form]) =>
    (extent.isPlain ? fc.constant([]) : rulesOf(all)).map((rules): RandomType => {
      const name = `Type${declared++}`;
      const isPartial = form === 'partial';
      const shown = all.map((one) => writeMember(one));
      const [first = '', ...rest] = shown;
      const value = fc.record(Object.fromEntries(all.map((one) => [one.name, one.value])), { requiredKeys: all.filter((one) => !one.isOptional && !isPartial).map((one) => one.name), noNullPrototype: true });
      const base = { value, tags: rules, declarations: all.flatMap((one) => one.declarations) };
      const also = (...lines: string[]): string[] => [...base.declarations, ...lines];
      switch (form) {
        case 'interface': return { ...base, text: name, declarations: also(`interface ${name} {\n${shown.join('\n')}\n}`) };
        case 'class': return { ...base, text: name, declarations: also(`class ${name} {\n${all.map((one) => writeMember(one, '!', extent.isPlain ? undefined : initialOf(one))).join('\n')}\n}`) };
        case 'extends': return { ...base, text: name, declarations: also(`interface ${name}Base {\n${first}\n}`, `interface ${name} extends ${name}Base {\n${rest.join('\n')}\n}`) };
        case 'partial': return { ...base, text: `Partial<${name}>`, declarations: also(`interface ${name} {\n${shown.join('\n')}\n}`) };
        case 'pick': return { ...base, text: `Omit<${name}, 'dropped'>`, declarations: also(`interface ${name} {\n${shown.join('\n')}\n  dropped: string;\n}`) };
        case 'intersection': return { ...base, text: rest.length > 0 ? `{\n${first}\n} & {\n${rest.join('\n')}\n}` : `{\n${first}\n}` };
        case 'generic': return { ...base, text: `${name}<string>`, declarations: also(`interface ${name}<T> {\n${shown.join('\n')}\n  unused?: T;\n}`) };
        default: return { ...base, text: `{\n${shown.join('\n')}\n}` };
      }
    }),
  );
}

function rulesOf(all: readonly Member[]): fc.Arbitrary<string[]> {
  const options = all.filter((one) => one.isOptional).map((one) => `!has(self.${celName(one.name)}) || has(self.${celName(all[0]?.name ?? '')})`).filter((rule) => !all[0] || all[0].isOptional || !rule.endsWith(`has(self.${celName(all[0].name)})`));
  const both = all.filter((one) => one.isOptional).slice(0, 2);
  const [one, two] = both;
  if (one && two) options.push(`has(self.${celName(one.name)}) != has(self.${celName(two.name)})`);
  if (options.length === 0) return fc.constant([]);
  return fc.option(fc.constantFrom(...options), { freq: 2 }).map((rule) => (rule === null ? [] : [`@validation ${JSON.stringify({ rule, message: 'members do not go together' })}`]));
}

function union(extent: Extent): fc.Arbitrary<RandomType> {
  const tagged = fc.tuple(members(below(extent, extent.isCorrelatable)), members(below(extent, extent.isCorrelatable))).map(([one, two]): RandomType => {
    const left = one.map((member) => ({ ...member, name: `l_${member.name}` }));
    const right = two.map((member) => ({ ...member, name: `r_${member.name}` }));
    const record = (kind: string, all: readonly Member[]) => fc.record<Record<string, unknown>>({ kind: fc.constantFrom(kind, kind, kind, 'other'), ...Object.fromEntries(all.map((member) => [member.name, member.value])) }, { requiredKeys: ['kind', ...all.filter((member) => !member.isOptional).map((member) => member.name)], noNullPrototype: true });
    const write = (kind: string, all: readonly Member[]) => `{\n  kind: '${kind}';\n${all.map((one) => writeMember(one)).join('\n')}\n}`;
    return { text: `(${write('left', left)} | ${write('right', right)})`, tags: [], value: fc.oneof(record('left', left), record('right', right), record('left', right)), declarations: [...left, ...right].flatMap((member) => member.declarations) };
  });
  const wrapped = fc.tuple(randomType(below(extent, extent.isCorrelatable)), randomType(below(extent, extent.isCorrelatable))).map(([one, two]): RandomType => ({
    text: `({ ${docs(one.tags)} one: ${one.text} } | { ${docs(two.tags)} two: ${two.text} })`,
    tags: [],
    // To the rules of the server a member that is null is not there, which TypeScript can not say.
    value: extent.isPlain
      ? fc.oneof(fc.record({ one: one.value.filter(isThere) }), fc.record({ two: two.value.filter(isThere) }), fc.constant({}))
      : fc.oneof(fc.record({ one: one.value }), fc.record({ two: two.value }), fc.constant({}), fc.record({ one: one.value, two: two.value })),
    declarations: [...one.declarations, ...two.declarations],
  }));
  return fc.oneof(tagged, wrapped);
}

function isThere(value: unknown): boolean {
  return value !== null;
}

function nullable(extent: Extent): fc.Arbitrary<RandomType> {
  return randomType(below(extent, extent.isCorrelatable)).filter((type) => !/(?:^|\| )(?:null|`)/.test(type.text)).map((type) => ({ ...type, text: `${type.text} | null`, value: fc.option(type.value, { freq: 4 }) }));
}

function below(extent: Extent, isCorrelatable: boolean): Extent {
  return { ...extent, depth: extent.depth - 1, isCorrelatable };
}

function writeMember({ name, isOptional, text: type, tags }: Member, required = '', initial?: string): string {
  const mark = initial !== undefined ? '' : isOptional ? '?' : required;
  return `${docs(tags)}  ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${mark}: ${type}${initial === undefined ? '' : ` = ${initial}`};`;
}

/** A default for a member of a class: a literal of its type, where nothing bounds it. */
function initialOf({ text: type, tags, isOptional }: Member): string | undefined {
  if (tags.length > 0 || !isOptional) return undefined;
  return type === 'boolean' ? 'false' : /^(?:'[^']*'|-?\d+|true)(?= \||$)/.exec(type)?.[0];
}

function docs(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `  /**\n${tags.map((tag) => `   * ${tag}\n`).join('')}   */\n`;
}

function celName(name: string): string {
  return name === 'namespace' || name === 'in' ? `__${name}__` : name.replaceAll('__', '__underscores__').replaceAll('-', '__dash__').replaceAll('.', '__dot__');
}

/** Changes one place inside of a value, by numbers that can be repeated. */
export function mutated(value: unknown, junk: readonly unknown[], next: (below: number) => number): unknown {
  if (Array.isArray(value) && value.length > 0 && next(5) > 0) {
    const copy = [...(value as unknown[])];
    const at = next(copy.length);
    if (next(5) === 0) copy.splice(at, 1);
    else copy[at] = mutated(copy[at], junk, next);
    return copy;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 && next(8) > 0) {
    const keys = Object.keys(value);
    const key = keys[next(keys.length)] ?? '';
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return next(5) === 0 ? rest : { ...rest, [key]: mutated((value as Record<string, unknown>)[key], junk, next) };
  }
  return structuredClone(junk[next(junk.length)]);
}
