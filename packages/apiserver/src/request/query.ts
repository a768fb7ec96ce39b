import { badRequest } from '@kubewright/api';

/** Query parameters as Go reads them: the first value of a name counts, pairs that do not decode are left out. */
export class Query {
  readonly #values = new Map<string, string[]>();

  constructor(text: string) {
    for (const pair of text.split('&')) {
      if (pair === '' || pair.includes(';')) continue;
      const at = pair.indexOf('=');
      const key = decode(at < 0 ? pair : pair.slice(0, at));
      const value = decode(at < 0 ? '' : pair.slice(at + 1));
      if (key === undefined || value === undefined) continue;
      const values = this.#values.get(key);
      if (values) values.push(value);
      else this.#values.set(key, [value]);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Empty when it is not given. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Everything but `false` and `0` is true, as in the real server; undefined when it is not given. */
  flag(name: string): boolean | undefined {
    const value = this.#values.get(name)?.[0];
    return value === undefined ? undefined : !(value.toLowerCase() === 'false' || value === '0');
  }

  /** @throws ApiError BadRequest for what is no int64 */
  integer(name: string): number | undefined {
    const value = this.#values.get(name)?.[0];
    if (value === undefined || value === '') return undefined;
    if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    const number = BigInt(value);
    if (number > 0x7fffffffffffffffn || number < -0x8000000000000000n) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`);
    return Number(number);
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
