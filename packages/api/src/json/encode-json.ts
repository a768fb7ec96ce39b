/**
 * The JSON text of a value, as `JSON.stringify` writes it; integers that came back as bigint are written as the numbers that they are.
 * What JSON can not say (undefined, functions) is left out of objects and becomes null in lists.
 */
export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    // A bigint is the rare case, and the native writer's only way to tell of one is this error.
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) throw error;
    return write(value) ?? 'null';
  }
}

function write(value: unknown): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const text = write(member);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}
