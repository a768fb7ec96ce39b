/** What other folders use of server-side apply; see field-set.ts for the way through. */
export { applyConfiguration } from './apply-configuration.js';
export { applyPatch } from './apply-patch.js';
export type { ApplyPatchArgs } from './apply-patch.js';
export { keepTimesWithoutChange } from './managed-entries.js';
export { updateManagedFields } from './managed-fields.js';
export type { ApiVersionView, UpdateManagedFieldsArgs } from './managed-fields.js';
export { parentManagedFields, scaleManagedFields } from './scale-managed-fields.js';
export type { ReplicasPaths } from './scale-managed-fields.js';
