import { stringify } from 'yaml';

/**
 * YAML as Prometheus reads it: sequences are not indented, and strings that YAML 1.1 would take for another type are quoted.
 * Keys keep their order, or are sorted where asked for.
 */
export function toYaml(value: unknown, options: { sortKeys?: boolean } = {}): string {
  return stringify(value, { version: '1.1', indentSeq: false, lineWidth: 80, sortMapEntries: options.sortKeys ?? false, aliasDuplicateObjects: false });
}
