/**
 * @module launcher: programs that stand in for `kube-apiserver` and `etcd` where envtest starts them. flags.ts reads a command line as Go
 * programs do, the tables beside it say which flags there are, settings.ts what they mean. kube-apiserver.ts and etcd.ts are the programs.
 */

/** A flag that a program understands. */
export interface Flag {
  /** `switch` may stand alone: `--anonymous-auth` is `--anonymous-auth=true`. */
  readonly kind: 'value' | 'switch';
  /** `used`; `none`: taken and without meaning here; `refused`: what would happen without it is not what was asked for. */
  readonly effect: 'used' | 'none' | 'refused';
}

/** By name, without dashes. */
export type FlagTable = ReadonlyMap<string, Flag>;

/** A command line that can not be followed: told in one line. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** The flags of a command line. */
export interface ParsedFlags {
  /** The last of a flag's values. @returns undefined where it is not given */
  value(name: string): string | undefined;
  /** All values of a flag that may be repeated, split at commas. */
  list(name: string): string[];
  /** @throws FlagError for what is neither true nor false */
  isOn(name: string): boolean | undefined;
  /** The given flags that have no meaning here, in order. */
  readonly ignored: readonly string[];
}

/**
 * Reads `--name value`, `--name=value` and switches; `_` in a name is `-`. `shorthands` maps one letter to its flag.
 * @throws FlagError that names a flag that is unknown, refused, or lacks its value
 */
export function parseFlags(argv: readonly string[], table: FlagTable, shorthands: Readonly<Record<string, string>> = {}): ParsedFlags {
  const values = new Map<string, string[]>();
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const { name, given } = nameOf(argument, shorthands);
    const flag = table.get(name);
    if (!flag) throw new FlagError(`unknown flag: --${name}`);
    if (flag.effect === 'refused') throw new FlagError(`--${name} is not supported by this server, and what it asks for can not be left out: take it away, or use the real kube-apiserver`);
    const value = given ?? (flag.kind === 'switch' ? 'true' : rest.shift());
    if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return {
    value: (name) => values.get(name)?.at(-1),
    list: (name) => (values.get(name) ?? []).flatMap((text) => text.split(',')).filter((text) => text !== ''),
    isOn: (name) => isOn(name, values.get(name)?.at(-1)),
    ignored: [...values.keys()].filter((name) => table.get(name)?.effect === 'none'),
  };
}

/** A table from names with blanks between; a name that ends in `?` is a switch. */
export function flagTable(names: Readonly<Record<Flag['effect'], string>>): FlagTable {
  const table = new Map<string, Flag>();
  for (const effect of ['used', 'none', 'refused'] as const) {
    for (const word of names[effect].split(/\s+/).filter((name) => name !== '')) {
      table.set(word.replace('?', ''), { kind: word.endsWith('?') ? 'switch' : 'value', effect });
    }
  }
  return table;
}

/** What `--help` prints: envtest looks in it whether a flag is there. */
export function helpText(program: string, purpose: string, table: FlagTable): string {
  const section = (title: string, effect: Flag['effect']): string[] => {
    const names = [...table].filter(([, flag]) => flag.effect === effect).sort(([left], [right]) => (left < right ? -1 : 1));
    return names.length === 0 ? [] : [title, '', ...names.map(([name, { kind }]) => `      --${name}${kind === 'value' ? ' value' : ''}`), ''];
  };
  return [purpose, '', 'Usage:', `  ${program} [flags]`, '', ...section('Flags:', 'used'), ...section('Flags that are taken and have no meaning here:', 'none')].join('\n');
}

function nameOf(argument: string, shorthands: Readonly<Record<string, string>>): { name: string; given: string | undefined } {
  const short = /^-([A-Za-z])(?:=?(.*))$/s.exec(argument);
  const long = short && shorthands[short[1]!];
  if (long) return { name: long, given: short[2] === '' ? undefined : short[2] };
  const [, name = '', given] = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
  if (name === '') throw new FlagError(`unknown argument: ${argument}`);
  return { name: name.replaceAll('_', '-'), given };
}

function isOn(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new FlagError(`invalid argument ${JSON.stringify(text)} for --${name}: true or false is expected`);
}
