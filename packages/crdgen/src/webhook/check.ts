import type { MutatingWebhookOptions } from '@kubewright/api';
import type { ts } from 'ts-morph';

import { suggest } from '../markers/suggest.js';

/** One webhook with everything that its configuration needs. */
export interface DeclaredWebhook {
  readonly type: 'validating' | 'mutating';
  readonly name: string;
  readonly options: Omit<MutatingWebhookOptions, 'for'>;
  /** The source of an option, for findings about it. */
  at(...path: (string | number)[]): ts.Node;
}

const CHOICES = {
  failurePolicy: ['Fail', 'Ignore'],
  matchPolicy: ['Exact', 'Equivalent'],
  sideEffects: ['None', 'NoneOnDryRun'],
  scope: ['Cluster', 'Namespaced', '*'],
  reinvocationPolicy: ['Never', 'IfNeeded'],
} as const;

const VERBS = ['create', 'update', 'delete', 'connect', '*'];
const MAX_MATCH_CONDITIONS = 64;

/** Refuses what the server would refuse of a webhook, and what it would take to nobody's use. The webhook, or undefined after a report. */
export function checkWebhook(webhook: DeclaredWebhook, report: (at: ts.Node, message: string, hint?: string) => void): DeclaredWebhook | undefined {
  let isFine = true;
  const { options, at } = webhook;
  const wrong = (key: string, message: string, hint?: string) => {
    report(at(...key.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))), message, hint);
    isFine = false;
  };
  if (options.path !== undefined && options.url !== undefined) wrong('url', 'path and url are mutually exclusive: a webhook is behind a service, or at a url');
  if (options.path === undefined && options.url === undefined)
    wrong('path', 'path and url are mutually exclusive, and one of them must be there', 'bind the webhook to a kind with for: Kind, and the path follows from it');
  if (options.path !== undefined && !options.path.startsWith('/')) wrong('path', `the path ${options.path} must start with /`);
  if (options.url !== undefined && !/^https:\/\/[^/?#]+[^?#]*$/.test(options.url)) wrong('url', 'the url must start with https://, without query and fragment');
  if (options.url !== undefined && options.service) wrong('service', 'a webhook with a url has no service');
  for (const key of Object.keys(CHOICES) as (keyof typeof CHOICES)[]) {
    const value = options[key];
    const allowed: readonly string[] = CHOICES[key];
    if (value === undefined || allowed.includes(value)) continue;
    const why = key === 'sideEffects' && /^(Some|Unknown)$/.test(value) ? `: webhooks of v1 can not have ${value}` : '';
    wrong(key, `${key} is ${allowed.join(' or ')}, not ${value}${why}`);
  }
  const { timeoutSeconds, admissionReviewVersions, service } = options;
  if (timeoutSeconds !== undefined && !(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 30))
    wrong('timeoutSeconds', `timeoutSeconds must be between 1 and 30, not ${timeoutSeconds}`);
  if (admissionReviewVersions?.length === 0) wrong('admissionReviewVersions', 'admissionReviewVersions is mandatory: name at least one', "the runtime answers ['v1']");
  else if (admissionReviewVersions && !admissionReviewVersions.some((one) => one === 'v1' || one === 'v1beta1'))
    wrong('admissionReviewVersions', 'admissionReviewVersions must include at least one of v1, v1beta1');
  if (service?.port !== undefined && !(Number.isInteger(service.port) && service.port >= 1 && service.port <= 65_535)) wrong('service.port', `${service.port} is no port`);
  if (!webhook.name) wrong('name', 'a webhook needs a name', 'vwidget.demo.example.com, for example');
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(webhook.name) || webhook.name.length > 253)
    wrong('name', `the name ${webhook.name} must be a DNS-1123 subdomain`);
  else if (webhook.name.split('.').length < 3) wrong('name', `the name ${webhook.name} should be a domain with at least three segments separated by dots`);
  for (const key of ['groups', 'resources', 'versions'] as const)
    if (!options[key]?.length) wrong(key, `a webhook needs ${key}`, 'bind it to a kind with for: Kind, and they follow from it');
  checkVerbs(options.verbs, wrong);
  options.resources?.forEach((resource, index) => {
    if (!/^(\*|[a-z0-9-]+)(\/(\*|[a-z0-9-]+))?$/.test(resource)) wrong(`resources.${index}`, `${resource} is no plural, and no subresource of one`);
  });
  checkConditions(options.matchConditions ?? [], wrong);
  return isFine ? webhook : undefined;
}

function checkVerbs(verbs: readonly string[] | undefined, wrong: (key: string, message: string) => void): void {
  if (verbs?.length === 0) wrong('verbs', 'a webhook needs at least one verb');
  verbs?.forEach((verb, index) => {
    if (VERBS.includes(verb.toLowerCase())) return;
    const meant = suggest(verb, VERBS);
    wrong(`verbs.${index}`, `webhooks are called for ${VERBS.join(', ')}, not for ${verb}${meant ? `: did you mean ${meant}?` : ''}`);
  });
}

function checkConditions(conditions: readonly { readonly name: string; readonly expression: string }[], wrong: (key: string, message: string) => void): void {
  if (conditions.length > MAX_MATCH_CONDITIONS) wrong('matchConditions', `Too many: ${conditions.length}: must have at most ${MAX_MATCH_CONDITIONS} items`);
  conditions.forEach(({ name, expression }, index) => {
    if (!expression.trim()) wrong(`matchConditions.${index}`, 'a match condition needs an expression');
    if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name.replace(/^[a-z0-9.-]+\//, ''))) wrong(`matchConditions.${index}`, `${name} is no qualified name`);
    if (conditions.findIndex((one) => one.name === name) !== index) wrong(`matchConditions.${index}`, `the match condition ${name} is there twice`);
  });
}
