import type { FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { scheduleProblem } from './cron-schedule.js';
import { immutable, nonNegative, notSupported, required } from './field-checks.js';
import { defaultPodSpec, isFields, listOf } from './pod-spec-defaults.js';
import { validatePodSpec } from './pod-spec-validation.js';
import { specOf } from './workload.js';

/** batch/v1 Job. Unless the user brings a selector, the job's uid tells its pods from all others. */
export const jobRules: KindRules = {
  hasGeneration: true,
  defaultPropagation: 'orphan',
  defaults: (object) => defaultJob(specOf(object)),
  prepareForCreate(object) {
    const spec = specOf(object);
    if (spec.manualSelector === true) return;
    const { uid = '', name = '' } = object.metadata;
    const template = (spec.template ??= {}) as { metadata?: { labels?: Record<string, string> } };
    const metadata = (template.metadata ??= {});
    metadata.labels = { ...metadata.labels, 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
    spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
    // A job without labels of its own has those of its pods.
    object.metadata.labels ??= { ...metadata.labels };
  },
  validate,
  validateUpdate(object, old, subresource) {
    if (subresource === 'status') return [];
    const [spec, before] = [specOf(object), old.spec as Record<string, unknown>];
    return [
      ...validate(object),
      ...immutable('spec.completions', spec.completions, before.completions),
      ...immutable('spec.selector', spec.selector, before.selector),
      ...immutable('spec.template', spec.template, before.template),
      ...immutable('spec.completionMode', spec.completionMode, before.completionMode),
    ];
  },
};

/** batch/v1 CronJob. */
export const cronJobRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    const spec = specOf(object);
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    const { jobTemplate } = spec;
    const template = isFields(jobTemplate) && isFields(jobTemplate.spec) && isFields(jobTemplate.spec.template) ? jobTemplate.spec.template : undefined;
    if (template && isFields(template.spec)) defaultPodSpec(template.spec);
  },
  validate(object) {
    const spec = specOf(object);
    return [
      ...validateJobTemplate(spec.jobTemplate),
      ...validateSchedule(spec),
      ...(['Allow', 'Forbid', 'Replace'].includes(String(spec.concurrencyPolicy)) ? [] : [notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])]),
    ];
  },
};

function validateJobTemplate(template: unknown): FieldError[] {
  const spec = isFields(template) && isFields(template.spec) ? template.spec : {};
  const pod = isFields(spec.template) && isFields(spec.template.spec) ? spec.template.spec : {};
  const at = 'spec.jobTemplate.spec.template.spec';
  return [...validatePodSpec(pod, at), ...validateEnds(pod, `${at}.restartPolicy`)];
}

function validateSchedule({ schedule, timeZone }: Record<string, unknown>): FieldError[] {
  if (!schedule) return [required('spec.schedule')];
  const text = String(schedule);
  if (text.includes('TZ')) return [invalidValue('spec.schedule', text, timeZone === undefined ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead' : 'cannot use both timeZone field and TZ or CRON_TZ in schedule')];
  const problem = scheduleProblem(text);
  return problem === undefined ? [] : [invalidValue('spec.schedule', text, problem)];
}

function defaultJob(spec: Record<string, unknown>): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = spec.parallelism = 1;
  spec.parallelism ??= 1;
  // With a limit for each index there is none for all.
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  const rules = isFields(spec.podFailurePolicy) ? listOf(spec.podFailurePolicy.rules) : [];
  for (const rule of rules) for (const condition of listOf(rule.onPodConditions)) condition.status ||= 'True';
  const template = isFields(spec.template) ? spec.template : undefined;
  if (template && isFields(template.spec)) defaultPodSpec(template.spec);
}

/** Pods of jobs come to an end. Always is what every pod has that says nothing. */
function validateEnds({ restartPolicy }: Record<string, unknown>, field: string): FieldError[] {
  const policies = ['OnFailure', 'Never'];
  if (restartPolicy === undefined || restartPolicy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  return policies.includes(String(restartPolicy)) ? [] : [notSupported(field, restartPolicy, policies)];
}

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  const pod = (isFields(spec.template) && isFields(spec.template.spec) ? spec.template.spec : {}) as Record<string, unknown>;
  return [
    ...nonNegative('spec.parallelism', spec.parallelism),
    ...nonNegative('spec.completions', spec.completions),
    ...nonNegative('spec.backoffLimit', spec.backoffLimit),
    ...validatePodSpec(pod, 'spec.template.spec'),
    ...validateEnds(pod, 'spec.template.spec.restartPolicy'),
  ];
}
