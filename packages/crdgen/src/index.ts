/** @module @kubewright/crdgen: the public list. Start reading at generate.ts. */
export { generate, type GenerateOptions, type GenerateResult } from './generate.js';
export { schemaOf, type SchemaOfOptions, type SchemaOfResult } from './schema/schema-of.js';
export { formatDiagnostics, diagnosticsAsJson, type Diagnostic } from './diagnostic.js';
export { outdatedFiles, writeFiles, type GeneratedFile } from './emit/write.js';
export { yamlDocument, yamlFile } from './emit/yaml.js';
export type { Definition, DefinitionVersion } from './crd/definition.js';
export type { RoleDocument } from './rbac/role.js';
export type { PolicyRule } from './rbac/normalize.js';
