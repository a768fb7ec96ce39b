import { formatMicroTime } from '@kubewright/api';
import type { ObjectReference } from '@kubewright/api/core/v1';
import type { Event } from '@kubewright/api/events/v1';
import type { Random } from '@kubewright/platform';

import type { EventSubject } from '../reconcile/event-recorder.js';

/** What happened, to what, and who says so. */
export interface EventFacts {
  readonly regarding: EventSubject;
  readonly related?: EventSubject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly controller: string;
  readonly instance: string;
  /** Wall-clock time, in milliseconds. */
  readonly wall: number;
  readonly random: Random;
}

/** Limits of the API, in bytes of UTF-8. */
const NOTE_LIMIT = 1024;
const WORD_LIMIT = 128;
/** Names that an Event's own name can be made of. */
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The Event as it is sent: cut to the API's limits, in the namespace of its object (`default` for a cluster-scoped one).
 *
 * @throws TypeError for an object without apiVersion, kind or name
 */
export function eventObject(facts: EventFacts): Event {
  const regarding = referenceTo(facts.regarding);
  return {
    metadata: { name: eventName(regarding.name!, facts.random), namespace: regarding.namespace ?? 'default' },
    eventTime: formatMicroTime(new Date(facts.wall)),
    type: facts.type,
    reason: cut(facts.reason, WORD_LIMIT),
    action: cut(facts.action || facts.reason, WORD_LIMIT),
    note: cut(facts.note, NOTE_LIMIT),
    regarding,
    ...(facts.related && { related: referenceTo(facts.related) }),
    reportingController: facts.controller,
    reportingInstance: cut(facts.instance, WORD_LIMIT),
  };
}

function referenceTo({ apiVersion, kind, metadata }: EventSubject): ObjectReference {
  if (!kind || !apiVersion || !metadata.name) {
    throw new TypeError(`an event needs an object with apiVersion, kind and metadata.name, not ${apiVersion ?? '?'} ${kind ?? '?'} ${metadata.name ?? '?'}`);
  }
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, ...(namespace && { namespace }), ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
}

/** Unique, and next to its object in a sorted list where the object's name allows it. */
function eventName(name: string, random: Random): string {
  const suffix = Buffer.from(random.bytes(8)).toString('hex');
  return name.length <= 253 - 17 && DNS_SUBDOMAIN.test(name) ? `${name}.${suffix}` : random.uuid();
}

/** At most `limit` bytes, without cutting a character in two. */
function cut(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
