import type { RelabelConfig } from '../../api/index.js';

/** One relabelling step as prometheus.yml spells it. */
export interface Relabeling {
  action?: string;
  source_labels?: string[];
  separator?: string;
  regex?: string;
  modulus?: number;
  target_label?: string;
  replacement?: string;
}

/** The user's steps; unset fields stay unset, the action is lower-cased. */
export function userRelabelings(configs: readonly RelabelConfig[] | undefined): Relabeling[] {
  return (configs ?? []).map((config) => ({
    ...(config.sourceLabels?.length && { source_labels: [...config.sourceLabels] }),
    ...(config.separator !== undefined && { separator: config.separator }),
    ...(config.targetLabel && { target_label: config.targetLabel }),
    ...(config.regex && { regex: config.regex }),
    ...(config.modulus && { modulus: config.modulus }),
    ...(config.replacement !== undefined && { replacement: config.replacement }),
    ...(config.action && { action: config.action.toLowerCase() }),
  }));
}

/** A label's name as Kubernetes service discovery spells it: everything but letters, digits and underscores becomes an underscore. */
export function sanitizeLabel(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

/** Copies a discovered label into a label of the target. */
export function copyLabel(source: string, target: string, extra: Relabeling = {}): Relabeling {
  return { source_labels: [source], target_label: target, ...extra };
}
