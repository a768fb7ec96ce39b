/**
 * How an API server, which is written in Go, writes values into its messages. Clients match on these texts, so they are kept to the letter.
 */

/** A string in double quotes as Go's `%q` does it: printable characters stay as they are. */
export function goQuote(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const escape = QUOTE_ESCAPES[char];
    if (escape !== undefined) out += escape;
    else if (char === ' ' || !/[\p{C}\p{Z}]/u.test(char)) out += char;
    else if (code < 0x80) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `${out}"`;
}

const QUOTE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v',
};

/** A number as Go's `%v` does it: what fits 64 bits as a whole number is an int64, everything else a {@link goFloat}. */
export function goNumber(value: number | bigint): string {
  if (value === 0) return '0';
  const isInteger = typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return isInteger ? BigInt(value).toString() : goFloat(Number(value));
}

/** A float64 as Go's `%v` does it: `1e-05` and `1.5e+06` where JavaScript writes `0.00001` and `1500000`. */
export function goFloat(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value === 0 ? 0 : value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}

/** JSON that is already written, for values whose fields have an order of their own (Go structs). */
export class GoRaw {
  constructor(readonly json: string) {}
}

/** JSON as Go's encoder writes it: keys of maps sorted, `<`, `>` and `&` escaped. */
export function goJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof GoRaw) return value.json;
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${escapeHtml(JSON.stringify(key))}:${goJson(item)}`).join(',')}}`;
  }
  return escapeHtml(JSON.stringify(value ?? null));
}

function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value the way it stands in a field error: strings quoted, everything else as JSON. */
export function goValue(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number' || typeof value === 'bigint') return goNumber(value);
  return goJson(value);
}
