/** @module @kubewright/crdgen/output: what is done with a result, without the compiler behind it, which takes longest to load. */
export { formatDiagnostics, diagnosticsAsJson, diagnosticsAsSarif, type Diagnostic } from './diagnostic.js';
export { outdatedFiles, writeFiles, type GeneratedFile } from './emit/write.js';
