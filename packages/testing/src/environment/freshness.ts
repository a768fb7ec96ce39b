import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { changedSources, type GeneratedDefinition, type KubeObject } from '@kubewright/api';

/** The definition, if it is not older than the types it was made from. @throws Error naming the changed files and the command to run */
export function checkFreshness(generated: GeneratedDefinition, directory: string = process.cwd()): KubeObject {
  const changed = changedSources(generated, (path) => {
    const file = join(directory, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  });
  if (changed.length === 0) return generated.definition;
  throw new Error(`the definition ${generated.definition.metadata.name} is older than its types (${changed.join(', ')} changed): run "kubewright generate"`);
}
