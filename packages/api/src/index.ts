/** @module @kubewright/api: pure values, types and functions of the Kubernetes API, and what an API definition is written with. */
export * from './meta/object-meta.js';
export * from './meta/gvk.js';
export * from './meta/namespaced-name.js';
export * from './resource/custom-resource.js';
export * from './resource/helper-types.js';
export * from './resource/pluralize.js';
export * from './resource/rbac.js';
export * from './resource/resource-kind.js';
export * from './schema/json-schema.js';
export * from './schema/typed-schema.js';
export * from './status/api-error.js';
export * from './status/field-error.js';
export * from './status/status.js';
export * from './watch/watch-event.js';
