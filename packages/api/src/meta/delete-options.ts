/** The body of a DELETE request (k8s.io/apimachinery/pkg/apis/meta/v1). */
export interface DeleteOptions {
  apiVersion?: string;
  kind?: string;
  dryRun?: string[];
  gracePeriodSeconds?: number;
  orphanDependents?: boolean;
  /** The deletion fails (Conflict) when the stored object is another one, or another version. */
  preconditions?: { uid?: string; resourceVersion?: string };
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
}
