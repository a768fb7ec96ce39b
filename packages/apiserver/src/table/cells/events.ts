import type { Event as CoreEvent } from '@kubewright/api/core/v1';
import type { Event as NewEvent } from '@kubewright/api/events/v1';

import { ageOf } from '../age.js';
import { cellsOf } from './cells.js';
import type { CellFunction } from './cells.js';

/** What both kinds of events say, in one form. */
interface EventFacts {
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly eventTime: string | undefined;
  readonly count: number | undefined;
  readonly series: { count?: number; lastObservedTime?: string } | undefined;
  readonly about: { kind?: string; name?: string; fieldPath?: string } | undefined;
  readonly source: { component?: string; host?: string } | undefined;
  readonly message: string | undefined;
}

interface EventHead {
  readonly metadata?: { name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly reportingComponent?: string;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
}

const coreEvent = cellsOf<CoreEvent>((event, now) => eventCells(event, now, {
  first: event.firstTimestamp, last: event.lastTimestamp, eventTime: event.eventTime, count: event.count, series: event.series,
  about: event.involvedObject, source: event.source, message: event.message,
}));

const newEvent = cellsOf<NewEvent>((event, now) => eventCells(event, now, {
  first: event.deprecatedFirstTimestamp, last: event.deprecatedLastTimestamp, eventTime: event.eventTime, count: event.deprecatedCount,
  series: event.series, about: event.regarding, source: event.deprecatedSource, message: event.note,
}));

/** LAST-SEEN TYPE REASON OBJECT SUBOBJECT SOURCE MESSAGE FIRST-SEEN COUNT NAME */
function eventCells(event: EventHead, now: number, facts: EventFacts): unknown[] {
  const first = ageOf(facts.first ?? facts.eventTime, now);
  const last = facts.series ? ageOf(facts.series.lastObservedTime, now) : facts.last ? ageOf(facts.last, now) : first;
  const kind = facts.about?.kind?.toLowerCase() ?? '';
  const source = [facts.source?.component || event.reportingComponent || event.reportingController || '', facts.source?.host || event.reportingInstance || ''];
  return [
    last, event.type ?? '', event.reason ?? '', facts.about?.name ? `${kind}/${facts.about.name}` : kind, facts.about?.fieldPath ?? '',
    source[1] ? source.join(', ') : source[0], (facts.message ?? '').trim(), first, facts.series?.count ?? (facts.count || 1), event.metadata?.name ?? '',
  ];
}

export const EVENT_CELLS: Readonly<Record<string, CellFunction>> = { 'v1 events': coreEvent, 'events.k8s.io/v1 events': newEvent };
