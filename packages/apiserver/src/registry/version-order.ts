/** The order in which a group's versions are told: GA before beta before alpha, each from high to low, then other names by alphabet. */
export function compareVersionPriority(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) {
    if (left === right) return a < b ? -1 : Number(a !== b);
    return left === undefined ? 1 : -1;
  }
  return right.level - left.level || right.major - left.major || right.minor - left.minor;
}

function parseVersion(version: string): { level: number; major: number; minor: number } | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (match === null) return undefined;
  const [, major, stage, minor = '0'] = match;
  return { level: stage === undefined ? 2 : stage === 'beta' ? 1 : 0, major: Number(major), minor: Number(minor) };
}
