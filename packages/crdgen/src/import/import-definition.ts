/**
 * @module import: from CustomResourceDefinitions to decorated TypeScript, such that generating from it gives the same definitions. What no
 * type can say stands in `@schema` tags (node-text.ts), shapes that repeat become one type (type-writer.ts, shape-names.ts), built-in types
 * are recognised (core-shape.ts). Descriptions inside built-in types are the only thing that is given up.
 */
import type { JSONSchemaProps } from '@kubewright/api';

import { API_VERSION, KIND } from '../crd/root-schema.js';
import type { Definition, DefinitionVersion } from '../crd/definition.js';
import type { GeneratedFile } from '../emit/write.js';
import { optionsText } from './class-text.js';
import { commentText } from './comment-text.js';
import { literalText, Rendering } from './node-text.js';
import { canonical, normalSchema } from './normal-schema.js';
import { typeName } from './shape-names.js';
import { memberLines, TypeWriter, type Shape, type TypeWriterOptions } from './type-writer.js';

/** Decorated classes with their types, one file for each version of each kind: `v1/widget.ts`. */
export function importDefinitions(definitions: readonly Definition[], options: TypeWriterOptions = {}): GeneratedFile[] {
  const paths = new Set<string>();
  return definitions.flatMap((definition) =>
    definition.spec.versions.map((version) => {
      const name = kebab(definition.spec.names.kind);
      let path = `${version.name}/${name}.ts`;
      // Two groups may have one kind.
      if (paths.has(path)) path = `${version.name}/${name}-${kebab(definition.spec.group.split('.')[0] ?? '')}.ts`;
      paths.add(path);
      return { path, content: versionText(definition, version, options) };
    }),
  );
}

function versionText(definition: Definition, version: DefinitionVersion, options: TypeWriterOptions): string {
  const { kind } = definition.spec.names;
  const className = typeName(kind, false);
  const schema = normalSchema(version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
  const writer = new TypeWriter(options);
  const root = writer.root(className, ownMembers(schema));
  writer.members(root, 0);
  writer.finish(root);
  const decorators = [`@CustomResource(${optionsText(definition, { ...version, schema: { openAPIV3Schema: schema } }, className)})`, ...ruleDecorators(schema)];
  const body = [
    `${commentText(schema.description, rootTags(schema, root), '')}${decorators.join('\n')}\nexport class ${className} {\n${fixedMembers(schema)}${memberLines(root, true)}${emptyStatus(version, schema)}}\n`,
    ...writer.declarations(),
  ].join('\n');
  return `${importText(writer.imports(body), schema)}\n${body}`;
}

/** The members that the class declares itself. */
function ownMembers(schema: JSONSchemaProps): JSONSchemaProps {
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !FIXED.has(name) || (name === 'metadata' && isRestricted(schema))));
  return { ...schema, properties, ...(isRestricted(schema) ? { required: [...(schema.required ?? []), 'metadata'] } : {}) };
}

const FIXED = new Set(['apiVersion', 'kind', 'metadata']);

function isRestricted(schema: JSONSchemaProps): boolean {
  return schema.properties?.metadata?.properties !== undefined;
}

/** `apiVersion` and `kind` are declared only where they are described in other words than usual. */
function fixedMembers(schema: JSONSchemaProps): string {
  return ([['apiVersion', API_VERSION], ['kind', KIND]] as const)
    .map(([name, usual]) => {
      const text = schema.properties?.[name]?.description;
      return text === undefined || text === usual ? '' : `${commentText(text, [], '  ')}  ${name}?: string;\n`;
    })
    .join('');
}

/** A status subresource whose status nobody describes. */
function emptyStatus({ subresources }: DefinitionVersion, schema: JSONSchemaProps): string {
  const { status } = (subresources ?? {}) as { status?: object };
  return status && !schema.properties?.status ? '  status?: never;\n' : '';
}

function rootTags(schema: JSONSchemaProps, root: Shape): readonly string[] {
  const text = new Rendering(schema).omit('type', 'properties', 'x-kubernetes-validations');
  const expected = root.members.filter((member) => member.isRequired && !FIXED.has(member.name)).map((member) => member.name);
  if (canonical(expected.sort()) === canonical(schema.required ?? [])) text.omit('required');
  if (text.has('x-kubernetes-preserve-unknown-fields')) text.tag('preserveUnknownFields', 'x-kubernetes-preserve-unknown-fields');
  return text.done('').tags;
}

function ruleDecorators(schema: JSONSchemaProps): string[] {
  return (schema['x-kubernetes-validations'] ?? []).map(({ rule, ...rest }) => {
    const keys = Object.keys(rest);
    const second = keys.length === 0 ? '' : keys.length === 1 && rest.message !== undefined ? `, ${literalText(rest.message)}` : `, { ${Object.entries(rest).map(([key, value]) => `${key}: ${literalText(value)}`).join(', ')} }`;
    return `@Rule(${literalText(rule)}${second})`;
  });
}

function importText(imports: ReadonlyMap<string, readonly string[]>, schema: JSONSchemaProps): string {
  return [...imports]
    .map(([module, names]) => {
      const values = module === '@kubewright/api' ? ['CustomResource', ...(schema['x-kubernetes-validations']?.length ? ['Rule'] : [])] : [];
      if (values.length === 0) return `import type { ${names.join(', ')} } from '${module}';\n`;
      return `import { ${[...values, ...names.map((name) => `type ${name}`)].join(', ')} } from '${module}';\n`;
    })
    .join('');
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2').replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
}
