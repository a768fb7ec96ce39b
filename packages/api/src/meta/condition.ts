/** One aspect of an object's state (k8s.io/apimachinery/pkg/apis/meta/v1). Conditions are a list with one entry a type. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** The `metadata.generation` for which the condition was found. */
  observedGeneration?: number;
  /** When `status` last changed. */
  lastTransitionTime: string;
  /** One word in CamelCase, for programs. */
  reason: string;
  /** For people. */
  message: string;
}

/** The condition of a type. */
export function findCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of a type is there and `True`. */
export function isConditionTrue(conditions: readonly { readonly type: string; readonly status: string }[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The list with one condition put in: in its place when there is one of the type, else at the end. `lastTransitionTime` moves only when
 * `status` does: it is the one given, else `now`. The given list is not changed, and is returned itself when the condition is already in it.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  condition: Omit<Condition, 'lastTransitionTime'> & { readonly lastTransitionTime?: string },
  now: Date,
): Condition[] {
  const list = (conditions ?? []) as Condition[];
  const index = list.findIndex((other) => other.type === condition.type);
  const old = list[index];
  const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : (condition.lastTransitionTime ?? formatTime(now));
  const next: Condition = { ...condition, lastTransitionTime };
  if (!old) return [...list, next];
  return isSameCondition(old, next) ? list : list.with(index, next);
}

function isSameCondition(a: Condition, b: Condition): boolean {
  const keys = ['status', 'reason', 'message', 'observedGeneration', 'lastTransitionTime'] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** The time as metav1.Time writes it: UTC, seconds. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** The time as metav1.MicroTime writes it: UTC, six fraction digits, the last three of which are zeros here. */
export function formatMicroTime(time: Date): string {
  return `${time.toISOString().slice(0, 23)}000Z`;
}
