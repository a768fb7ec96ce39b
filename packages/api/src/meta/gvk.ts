/** Names a kind: what `apiVersion` and `kind` of an object say. The core group is the empty string. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Names a resource: what stands in a URL. `resource` is the lower-case plural. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** `apps` and `v1` give `apps/v1`; the empty group gives `v1`. */
export function formatApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The inverse of {@link formatApiVersion}. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The kind that an object says it is; empty strings where it says nothing. */
export function gvkOf(object: { readonly apiVersion?: string; readonly kind?: string }): GroupVersionKind {
  return { ...parseApiVersion(object.apiVersion ?? ''), kind: object.kind ?? '' };
}
