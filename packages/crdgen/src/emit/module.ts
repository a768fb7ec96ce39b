import type { Definition } from '../crd/definition.js';
import { GENERATED_HEADER } from '../load/project.js';

const HEADER = GENERATED_HEADER;

/** The languages that modules can be written in. */
export type ModuleLanguage = 'ts' | 'js';

/** `widgets.demo.example.com` without its ending. */
export function moduleName(definition: Definition): string {
  return definition.metadata.name;
}

/** One definition as a module that exports it under its plural, with the hashes of its sources. */
export function definitionModule(definition: Definition, sources: Readonly<Record<string, string>>, language: ModuleLanguage): string {
  const text = JSON.stringify({ definition, sources }, null, 2);
  const name = exportName(definition);
  if (language === 'js') return `${HEADER}\n/** @type {import('@kubewright/api').GeneratedDefinition} */\nexport const ${name} = ${text};\n`;
  return `${HEADER}\nimport type { GeneratedDefinition } from '@kubewright/api';\n\nexport const ${name}: GeneratedDefinition = ${text};\n`;
}

/** `index`: all definitions of a project in one list, as a test environment takes them. */
export function indexModule(definitions: readonly Definition[], language: ModuleLanguage): string {
  const names = uniqueNames(definitions);
  const imports = definitions.map((one, index) => {
    const [own, used] = [exportName(one), names[index] ?? ''];
    return `import { ${own === used ? own : `${own} as ${used}`} } from './${moduleName(one)}.js';`;
  });
  const list = `export const definitions${language === 'ts' ? ': readonly GeneratedDefinition[]' : ''} = [${names.join(', ')}];`;
  const type = language === 'ts' ? ["import type { GeneratedDefinition } from '@kubewright/api';", ''] : [];
  return [
    HEADER,
    ...type,
    ...imports,
    '',
    `export { ${names.join(', ')} };`,
    ...(language === 'ts' ? [] : ["/** @type {readonly import('@kubewright/api').GeneratedDefinition[]} */"]),
    list,
    '',
  ].join('\n');
}

function exportName(definition: Definition): string {
  const name = definition.spec.names.plural.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());
  return RESERVED.has(name) ? `${name}_` : name;
}

/** Words that no variable may be called; plurals such as `classes` are none of them. */
const RESERVED = new Set([
  'class',
  'function',
  'new',
  'delete',
  'import',
  'export',
  'default',
  'interface',
  'package',
  'static',
  'this',
  'with',
  'yield',
  'enum',
  'in',
  'do',
  'if',
  'for',
  'var',
  'let',
  'const',
  'definitions',
]);

/** Two groups may have one plural. */
function uniqueNames(definitions: readonly Definition[]): string[] {
  const seen = new Map<string, number>();
  return definitions.map((one) => {
    const name = exportName(one);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  });
}
