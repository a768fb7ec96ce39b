import { layoutOf } from './object-layout.js';

/** Reused: what is cut is parsed at once. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The bytes of an object without `metadata.managedFields`, which are half of many an object: cutting them costs less than parsing them.
 * What is returned may be overwritten by the next call.
 */
export function cutManagedFields(bytes: Uint8Array): Uint8Array {
  const layout = layoutOf(bytes);
  if (!layout || layout.managedStart === layout.managedEnd) return bytes;
  const { managedStart, managedEnd } = layout;
  const length = bytes.length - (managedEnd - managedStart);
  const rest = length <= LARGEST_KEPT ? (scratch = scratch.length >= length ? scratch : Buffer.allocUnsafeSlow(length * 2)) : Buffer.allocUnsafeSlow(length);
  rest.set(bytes.subarray(0, managedStart), 0);
  rest.set(bytes.subarray(managedEnd), managedStart);
  return rest.subarray(0, length);
}

const LARGEST_KEPT = 1024 * 1024;
