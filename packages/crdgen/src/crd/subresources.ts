import type { JSONSchemaProps } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import type { Diagnostics } from '../diagnostic.js';
import { resolvePath } from './json-path.js';

/** `subresources.scale`. */
export interface Scale {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** The scale subresource, checked against the schema that its paths lead into. */
export function scaleOf(resource: ResourceDeclaration, root: JSONSchemaProps, diagnostics: Diagnostics): Scale | undefined {
  const { scale } = resource.options;
  if (!scale) return undefined;
  for (const [key, under, type] of [
    ['specReplicasPath', ['.spec'], 'integer'],
    ['statusReplicasPath', ['.status'], 'integer'],
    ['labelSelectorPath', ['.spec', '.status'], 'string'],
  ] as const) {
    const path = scale[key];
    const report = (message: string) => diagnostics.report('KW1503', resource.at('scale', key), `${key}: ${message}`);
    if (path === undefined) {
      if (key !== 'labelSelectorPath') report('the scale subresource needs it');
      continue;
    }
    if (!under.some((start) => path.startsWith(`${start}.`))) report(`${path} should be a json path under ${under.join(' or ')}`);
    else if (/[[\]]/.test(path)) report(`${path} must not go into a list`);
    else {
      const target = resolvePath(path, root);
      if ('problem' in target) report(target.problem);
      else if (target.schema && target.schema.type !== type && !(target.schema['x-kubernetes-int-or-string'] && type === 'integer'))
        report(`${path} is not ${type === 'integer' ? 'an integer' : 'a string'} field`);
    }
  }
  return scale;
}

const MAX_SELECTABLE = 8;

/** Fields that `--field-selector` may name. */
export function selectableFieldsOf(
  resource: ResourceDeclaration,
  root: JSONSchemaProps,
  diagnostics: Diagnostics,
): { jsonPath: string }[] | undefined {
  const paths = resource.options.selectableFields;
  if (!paths?.length) return undefined;
  if (paths.length > MAX_SELECTABLE)
    diagnostics.report('KW1504', resource.at('selectableFields'), `Too many: ${paths.length}: must have at most ${MAX_SELECTABLE} items`);
  paths.forEach((path, index) => {
    const report = (message: string) => diagnostics.report('KW1504', resource.at('selectableFields', index), message);
    if (paths.indexOf(path) !== index) return report(`${path} is there twice`);
    if (/^\.metadata(\.|$)/.test(path))
      return report(`${path}: metadata.name and metadata.namespace are always selectable, and nothing else of metadata can be`);
    if (/[[\]]/.test(path)) return report(`${path} must not go into a list`);
    const target = resolvePath(path, root);
    if ('problem' in target) return report(target.problem);
    if (target.isUnread) return;
    if (!target.schema || !['string', 'boolean', 'integer'].includes(target.schema.type ?? ''))
      report(`${path} must be a string, boolean or integer field, not ${target.schema?.type ?? 'an open value'}`);
  });
  return paths.map((jsonPath) => ({ jsonPath }));
}
