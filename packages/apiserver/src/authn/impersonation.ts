import { ApiError } from '@kubewright/api';

import type { Credentials } from './authenticator.js';
import { ANONYMOUS, AUTHENTICATED, parseServiceAccount, serviceAccountGroups, UNAUTHENTICATED, type UserInfo } from './user-info.js';

/** A resource that whoever impersonates must be allowed to `impersonate`. */
export interface ImpersonationQuestion {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Whom a request wants to pass for. */
export interface Impersonation {
  readonly user: UserInfo;
  /** Verb `impersonate` on each of these, by the real user; the first refusal is the answer. */
  readonly questions: readonly ImpersonationQuestion[];
}

const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * Reads the `Impersonate-*` headers; undefined where there are none.
 * @throws ApiError (500, as a real server) for groups, a uid or extras without a user
 */
export function impersonationOf(headers: Credentials['headers']): Impersonation | undefined {
  const name = first(headers['impersonate-user']);
  const uid = first(headers['impersonate-uid']);
  const asked = all(headers['impersonate-group']);
  const extra = extraOf(headers);
  if (!name) {
    if (!uid && asked.length === 0 && Object.keys(extra).length === 0) return undefined;
    throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `requested [${references(asked, extra, uid)}] without impersonating a user`, code: 500 });
  }
  const account = parseServiceAccount(name);
  const questions = [
    account ? question({ plural: 'serviceaccounts', ...account }) : question({ plural: 'users', name }),
    ...asked.map((group) => question({ plural: 'groups', name: group })),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => question({ group: 'authentication.k8s.io', plural: 'userextras', subresource: key, name: value }))),
    ...(uid ? [question({ group: 'authentication.k8s.io', plural: 'uids', name: uid })] : []),
  ];
  const groups = completed(name, asked.length === 0 && account ? serviceAccountGroups(account.namespace) : asked);
  return { user: { name, groups, ...(uid && { uid }), ...(Object.keys(extra).length > 0 && { extra }) }, questions };
}

/** What the request is from here on must not show the wish any more: nothing behind may act on it again. */
export function withoutImpersonation<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('impersonate-')));
}

/** The wishes as Go prints a list of object references. */
function references(groups: readonly string[], extra: Readonly<Record<string, readonly string[]>>, uid: string): string {
  const reference = (kind: string, name: string, apiVersion = '', fieldPath = ''): string => `{${kind}  ${name}  ${apiVersion}  ${fieldPath}}`;
  return [
    ...groups.map((group) => reference('Group', group)),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => reference('UserExtra', value, '', key))),
    ...(uid ? [reference('UID', uid, 'authentication.k8s.io/v1')] : []),
  ].join(' ');
}

/** Groups that belong to everyone who is, or is not, somebody; who names one of the two has decided. */
function completed(name: string, groups: readonly string[]): string[] {
  if (name === ANONYMOUS.name) return groups.includes(UNAUTHENTICATED) ? [...groups] : [...groups, UNAUTHENTICATED];
  return groups.some((group) => group === AUTHENTICATED || group === UNAUTHENTICATED) ? [...groups] : [...groups, AUTHENTICATED];
}

function question(part: Partial<ImpersonationQuestion>): ImpersonationQuestion {
  return { group: '', version: 'v1', plural: '', subresource: '', namespace: '', name: '', ...part };
}

function extraOf(headers: Credentials['headers']): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(EXTRA_PREFIX)) continue;
    extra[unescapeKey(header.slice(EXTRA_PREFIX.length))] = all(value);
  }
  return extra;
}

/** Keys with characters that a header's name can not carry come percent-encoded; what does not decode is taken as it is. */
function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function first(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

function all(value: string | readonly string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
}
