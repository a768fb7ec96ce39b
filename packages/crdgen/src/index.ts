/** @module @kubewright/crdgen: the public list. Start reading at generate.ts. */
export { generate, type GenerateOptions, type GenerateResult } from './generate.js';
export { schemaOf, type SchemaOfOptions, type SchemaOfResult } from './schema/schema-of.js';
export { formatDiagnostics, diagnosticsAsJson, diagnosticsAsSarif, type Diagnostic } from './diagnostic.js';
export { outdatedFiles, writeFiles, type GeneratedFile } from './emit/write.js';
export { yamlDocument, yamlFile } from './emit/yaml.js';
export type { Definition, DefinitionVersion } from './crd/definition.js';
export type { RoleDocument } from './rbac/role.js';
export type { PolicyRule } from './rbac/normalize.js';
export type { WebhookConfiguration, WebhookSettings } from './webhook/configuration.js';
export type { ServingSettings } from './webhook/serving.js';
export { importDefinitions } from './import/import-definition.js';
export { definitionDifferences, type SameDefinitionOptions } from './import/same-definition.js';
export type { TypeWriterOptions } from './import/type-writer.js';
export { diffDefinitions, type DiffOptions } from './diff/definition-diff.js';
export type { SchemaChange, Verdict } from './diff/change.js';
export { explain, type ExplainOptions, type Explanation } from './docs/explain.js';
export { referencePage, referencePages } from './docs/reference-page.js';
export { sampleObject, sampleValue, type SampleExtent } from './samples/sample.js';
