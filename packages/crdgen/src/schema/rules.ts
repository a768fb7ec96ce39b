import type { ValidationRule } from '@kubewright/api';

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** How CEL spells a property's name; undefined when it can not. */
export function celName(name: string): string | undefined {
  if (!/^[A-Za-z_][\w./-]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
}

/** A literal as CEL writes it. */
export function celLiteral(value: string | number | boolean): string {
  return typeof value === 'string' ? `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'` : String(value);
}

export type OneOfFamily = 'AtMostOneOf' | 'ExactlyOneOf' | 'AtLeastOneOf';

/** The rule of the one-of family as controller-gen words it; `names` are escaped by {@link celName} here. */
export function oneOfRule(family: OneOfFamily, names: readonly string[]): ValidationRule {
  const has = names.map((name) => `has(self.${celName(name) ?? name})`);
  const list = `[${names.join(' ')}]`;
  const sum = has.map((one) => `(${one}?1:0)`).join('+');
  switch (family) {
    case 'AtMostOneOf':
      return { rule: `${sum} <= 1`, message: `at most one of the fields in ${list} may be set` };
    case 'ExactlyOneOf':
      return { rule: `${sum} == 1`, message: `exactly one of the fields in ${list} must be set` };
    case 'AtLeastOneOf':
      return { rule: has.join('||'), message: `at least one of the fields in ${list} must be set` };
  }
}
