import { createHash } from 'node:crypto';

import { formatMicroTime } from '@kubewright/api';
import type { Lease } from '@kubewright/api/coordination/v1';

import type { ResolvedShardingOptions } from './options.js';

/** Marks the Leases of one group. */
export const GROUP_LABEL = 'sharding.kubewright.dev/group';
const VIEW = 'sharding.kubewright.dev/view';
const SESSION = 'sharding.kubewright.dev/session';

/** What a member's Lease says. */
export interface MemberRecord {
  readonly identity: string;
  /** Tells two processes of one identity apart. */
  readonly session: string;
  /** The members among which it divides the keys: it claims its share of them. Empty when it has left. */
  readonly view: readonly string[];
  /** Milliseconds. */
  readonly leaseDuration: number;
  /** Changes with every renewal. */
  readonly mark: string;
}

/** Undefined for a Lease that no member wrote. */
export function recordOf({ metadata, spec }: Lease): MemberRecord | undefined {
  const { [VIEW]: view, [SESSION]: session } = metadata.annotations ?? {};
  const identity = metadata.annotations?.['sharding.kubewright.dev/identity'];
  if (view === undefined || session === undefined || identity === undefined) return undefined;
  const members = namesIn(view);
  const leaseDuration = (spec?.leaseDurationSeconds ?? 0) * 1000;
  return members && { identity, session, view: members, leaseDuration, mark: `${session} ${spec?.renewTime} ${view}` };
}

/** The Lease of a member that divides the keys among `view`; what else stands in `before` is kept. */
export function leaseOf(options: ResolvedShardingOptions, own: { readonly session: string; readonly view: readonly string[]; readonly wall: number }, before?: Lease): Lease {
  const { name, namespace, identity, leaseDuration } = options;
  const time = formatMicroTime(new Date(own.wall));
  const isHeld = own.view.length > 0;
  return {
    ...before,
    metadata: {
      ...before?.metadata,
      name: leaseName(name, identity),
      namespace,
      labels: { ...before?.metadata.labels, [GROUP_LABEL]: name },
      annotations: { ...before?.metadata.annotations, 'sharding.kubewright.dev/identity': identity, [SESSION]: own.session, [VIEW]: JSON.stringify(own.view) },
    },
    spec: {
      ...before?.spec,
      holderIdentity: isHeld ? identity : '',
      leaseDurationSeconds: Math.ceil(leaseDuration / 1000),
      acquireTime: before?.spec?.acquireTime ?? time,
      renewTime: time,
    },
  };
}

/** Where a member's Lease is: identities may hold what names may not. */
export function leaseName(group: string, identity: string): string {
  return `${group}-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

function namesIn(text: string): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? (names as string[]) : undefined;
  } catch {
    return undefined;
  }
}
