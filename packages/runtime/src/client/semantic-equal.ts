import { compareQuantities } from '@kubewright/api';

/** What {@link semanticEqual} knows of the objects. */
export interface SemanticEqualOptions {
  /** Whether the text or number at a path is a quantity. @default the fields that are quantities in the built-in kinds */
  readonly isQuantity?: (path: readonly string[]) => boolean;
}

/**
 * Whether two objects mean the same to a server, as apimachinery's Semantic.DeepEqual: `1000m` is `1` where quantities stand, nothing is as
 * good as null, an empty list or an empty map (labels, requests, data), times are instants, and the order of keys does not matter. Other
 * empty objects do say something: `emptyDir: {}`, `namespaceSelector: {}`.
 */
export function semanticEqual(a: unknown, b: unknown, options: SemanticEqualOptions = {}): boolean {
  return same(a, b, [], options.isQuantity ?? isQuantityField);
}

/** Fields whose members are all quantities: `resources.requests.memory`. */
const QUANTITY_MAPS: ReadonlySet<string> = new Set([
  'requests', 'limits', 'capacity', 'allocatable', 'allocatedResources', 'hard', 'used', 'podFixed', 'default', 'defaultRequest', 'max', 'min', 'maxLimitRequestRatio', 'usage', 'consumedCapacity',
]);
/** Fields that are quantities themselves. `value` is one in metrics only, and is told by its neighbours. */
const QUANTITIES: ReadonlySet<string> = new Set(['sizeLimit', 'divisor', 'averageValue', 'currentAverageValue', 'maximumVolumeSize']);

/** Maps besides those of quantities. */
const MAPS: ReadonlySet<string> = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'binaryData', 'stringData', 'volumeAttributes', 'parameters']);

function isQuantityField(path: readonly string[]): boolean {
  const [field = '', parent = '', grand = ''] = [path.at(-1), path.at(-2), path.at(-3)];
  if (QUANTITIES.has(field)) return true;
  if (field === 'value') return (parent === 'target' || parent === 'current') && path.includes('metrics');
  if (field === 'targetAverageValue') return true;
  // `data`, labels and annotations hold texts, whatever they are called.
  return QUANTITY_MAPS.has(parent) && grand !== 'data' && grand !== 'labels' && grand !== 'annotations';
}

function same(a: unknown, b: unknown, path: string[], isQuantity: (path: readonly string[]) => boolean): boolean {
  if (a === b) return true;
  const [nothingA, nothingB] = [isNothing(a, path), isNothing(b, path)];
  if (nothingA || nothingB) return nothingA && nothingB;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => within(path, String(index), () => same(item, b[index], path, isQuantity)));
  }
  if (isObject(a) && isObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => within(path, key, () => same(own(a, key), own(b, key), path, isQuantity)));
  }
  if ((typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint')) return BigInt(Math.trunc(Number(a))) === BigInt(Math.trunc(Number(b))) && String(a) === String(b);
  if (isScalar(a) && isScalar(b) && isQuantity(path)) return sameQuantity(a, b);
  return typeof a === 'string' && typeof b === 'string' && /(Time|Timestamp|renewTime)$/.test(path.at(-1) ?? '') && sameInstant(a, b);
}

function within(path: string[], key: string, check: () => boolean): boolean {
  path.push(key);
  const result = check();
  path.pop();
  return result;
}

function sameQuantity(a: string | number, b: string | number): boolean {
  try {
    return compareQuantities(a, b) === 0;
  } catch {
    return false;
  }
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Go writes microseconds where JavaScript has milliseconds: what is finer is compared as text. */
function sameInstant(a: string, b: string): boolean {
  if (!RFC3339.test(a) || !RFC3339.test(b) || Date.parse(a) !== Date.parse(b)) return false;
  const fine = (text: string): string => (/\.\d{3}(\d*)/.exec(text)?.[1] ?? '').replace(/0+$/, '');
  return fine(a) === fine(b);
}

function isNothing(value: unknown, path: readonly string[]): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  const field = path.at(-1) ?? '';
  return (MAPS.has(field) || QUANTITY_MAPS.has(field)) && Object.values(value).every((member) => member === undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
