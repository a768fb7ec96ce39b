/** Words that no identifier can be, or that are kept for later. */
const RESERVED: ReadonlySet<string> = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return',
  'var', 'void', 'while',
]);

/**
 * The identifier by which an expression names a property: `x-y` is `x__dash__y`, `namespace` is `__namespace__`. Undefined for properties
 * that no expression can name.
 */
export function escapeProperty(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (part) => ESCAPES[part]!);
}

/** `namespace` and its like may also stand behind a dot as they are. */
export function isSelectable(name: string): boolean {
  return RESERVED.has(name) && name !== 'true' && name !== 'false' && name !== 'null' && name !== 'in';
}

const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };
