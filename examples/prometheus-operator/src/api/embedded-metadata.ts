/** The part of metadata that a template of pods or claims carries. */
export interface EmbeddedMetadata {
  /** Ignored where the name follows from a StatefulSet. */
  name?: string;
  /** Labels of the pods or claims. */
  labels?: Record<string, string>;
  /** Annotations of the pods or claims. */
  annotations?: Record<string, string>;
}
