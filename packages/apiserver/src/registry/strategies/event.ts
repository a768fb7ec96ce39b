import { deepEqual, type FieldError, type KubeObject } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { qualifiedNameProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { immutable, required } from './field-checks.js';
import { isFields } from './pod-spec-defaults.js';

/** Names of the fields of core/v1 Events and what events.k8s.io/v1 calls them; all others are the same. */
const RENAMED = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
] as const;

/** Turns Events of the one group into Events of the other. */
export function convertEvents(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[] {
  const toCore = apiVersion === 'v1';
  return objects.map((object) => {
    if (object.apiVersion === apiVersion) return object;
    const converted = { ...object, apiVersion } as Fields;
    // The newer group leaves out what nobody has set, the older one does not.
    if (!toCore) for (const field of ['reportingComponent', 'reportingInstance']) if (converted[field] === '') delete converted[field];
    for (const [core, other] of RENAMED) {
      const [from, to] = toCore ? [other, core] : [core, other];
      const value = converted[from];
      delete converted[from];
      if (value !== undefined) converted[to] = value;
    }
    if (toCore) {
      converted.reportingComponent ??= '';
      converted.reportingInstance ??= '';
    }
    return converted;
  });
}

/** v1 Event. */
export const coreEventRules: KindRules = {
  allowCreateOnUpdate: true,
  defaultPropagation: 'unsupported',
  validate: (object) => validateEvent(object, 'reportingComponent'),
};

/** events.k8s.io/v1 Event: the newer, stricter one. */
export const eventRules: KindRules = {
  allowCreateOnUpdate: true,
  defaultPropagation: 'unsupported',
  validate: (object) => validateNewEvent(inCore(object)),
  validateUpdate: (object, old) => validateNewUpdate(inCore(object), inCore(old)),
};

/** Whatever the group of the request: the fields are validated, and named in errors, as the core group calls them. */
function inCore(object: Fields): Fields {
  return convertEvents([object], 'v1')[0] as Fields;
}

const NAME_LIMIT = 128;
const MESSAGE_LIMIT = 1024;

/** What is true of all events. Those without an eventTime are of the old kind, of which less is asked. */
function validateEvent(object: Fields, reporter: 'reportingComponent' | 'reportingController'): FieldError[] {
  const about = isFields(object.involvedObject) ? object.involvedObject : {};
  const [of, namespace] = [textOf(about.namespace), object.metadata.namespace ?? ''];
  const misplaced = [invalidValue('involvedObject.namespace', of, 'does not match event.namespace')];
  if (object.eventTime === undefined || object.eventTime === null) {
    const isInPlace = of === '' ? namespace === '' || namespace === 'default' : of === namespace;
    return isInPlace ? [] : misplaced;
  }
  const [controller, instance] = [textOf(object.reportingComponent), textOf(object.reportingInstance)];
  return [
    ...(of === '' && namespace !== 'default' && namespace !== 'kube-system' ? misplaced : []),
    ...(controller === '' ? [required(reporter)] : []),
    ...qualifiedNameProblems(controller).map((problem) => invalidValue(reporter, controller, problem)),
    ...(instance === '' ? [required('reportingInstance')] : []),
    ...limited('reportingInstance', instance, NAME_LIMIT),
    ...(['action', 'reason'] as const).flatMap((field) => [...(textOf(object[field]) === '' ? [required(field)] : []), ...limited(field, textOf(object[field]), NAME_LIMIT)]),
    ...limited('message', textOf(object.message), MESSAGE_LIMIT),
  ];
}

/** What the newer group asks of a new event besides. The values of these errors are empty on a real server, too. */
function validateNewEvent(object: Fields): FieldError[] {
  const source = isFields(object.source) ? object.source : {};
  const isSet = (field: string): boolean => object[field] !== undefined && object[field] !== null && object[field] !== 0;
  const legacy = ['firstTimestamp', 'lastTimestamp', 'count'].filter(isSet);
  if (textOf(source.component) !== '' || textOf(source.host) !== '') legacy.push('source');
  return [
    ...validateEvent(object, 'reportingController'),
    ...validateSeries(object),
    ...(isSet('eventTime') ? [] : [required('eventTime')]),
    ...(object.type === 'Normal' || object.type === 'Warning' ? [] : [invalidValue('type', '', `has invalid value: ${textOf(object.type)}`)]),
    ...legacy.map((field) => invalidValue(field, '', 'needs to be unset')),
  ];
}

const UNCHANGING = [
  'involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'reason', 'type', 'eventTime', 'action', 'related', 'reportingController', 'reportingInstance',
];

/** Only the series of an event goes on. */
function validateNewUpdate(object: Fields, old: Fields): FieldError[] {
  return [
    ...validateEvent(object, 'reportingController'),
    ...(deepEqual(object.series, old.series) ? [] : validateSeries(object)),
    ...UNCHANGING.flatMap((field) => {
      const stored = field === 'reportingController' ? 'reportingComponent' : field;
      return immutable(field, object[stored], old[stored]);
    }),
  ];
}

function validateSeries({ series }: Fields): FieldError[] {
  if (!isFields(series)) return [];
  const { count = 0, lastObservedTime } = series;
  return [...(Number(count) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []), ...(lastObservedTime ? [] : [required('series.lastObservedTime')])];
}

function limited(field: string, value: string, limit: number): FieldError[] {
  return Buffer.byteLength(value) > limit ? [invalidValue(field, '', `can have at most ${limit} characters`)] : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
