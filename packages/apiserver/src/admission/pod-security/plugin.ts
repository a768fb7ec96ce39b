/**
 * @module admission/pod-security: holds pods to the Pod Security Standards that their namespace's labels name. policy.ts reads the labels, the checks
 * are loaded when the first namespace asks for some.
 */
import { invalid, type KubeObject } from '@kubewright/api';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '@kubewright/api/core/v1';

import type { ObjectSource } from '../../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.js';
import { refusal } from '../refusal.js';
import { formatStandard, isAllPrivileged, isStricter, LABEL_PREFIX, policyOf, type NamespacePolicy } from './policy.js';

/** The plugin PodSecurity, without exemptions and with privileged as its default, as a server starts without a configuration for it. */
export function podSecurity(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    async validate(request) {
      if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return;
      const { group, plural } = request.resource;
      if (group === '' && plural === 'namespaces') {
        if (request.subresource === '') await validateNamespace(request, objects);
      } else if (group === '' && plural === 'pods') await validatePod(request, objects);
      else if (request.subresource === '' && Object.hasOwn(TEMPLATES, `${group}/${plural}`)) await validateWorkload(request, objects);
    },
  };
}

type Labels = Readonly<Record<string, string>> | undefined;

function isLabelled(labels: Labels): boolean {
  return labels !== undefined && Object.keys(labels).some((key) => key.startsWith(LABEL_PREFIX));
}

async function validateNamespace(request: AdmissionRequest, objects: ObjectSource): Promise<void> {
  const { object, oldObject, warnings } = request;
  const labels = object?.metadata.labels;
  if (!isLabelled(labels)) return;
  const { policy: { enforce }, errors } = policyOf(labels);
  const before = policyOf(oldObject?.metadata.labels);
  const isNew = oldObject === undefined || JSON.stringify(errors) !== JSON.stringify(before.errors);
  if (errors.length > 0 && isNew) throw invalid({ group: '', kind: 'Namespace' }, request.name, errors);
  if (oldObject === undefined || enforce.level === 'privileged') return;
  const old = before.policy.enforce;
  if (enforce.minor === old.minor && !isStricter(enforce.level, old.level)) return;
  const { namespaceWarnings } = await import('./evaluate.js');
  warnings.push(...namespaceWarnings(request.name, enforce, [...objects.list('', 'pods', request.name)] as Pod[]));
}

const UNCHECKED: readonly string[] = ['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'];

async function validatePod(request: AdmissionRequest, objects: ObjectSource): Promise<void> {
  if (UNCHECKED.includes(request.subresource)) return;
  const policy = policyFor(request, objects);
  const pod = request.object as (KubeObject & Pod) | undefined;
  if (!policy || !pod?.spec) return;
  if (request.operation === 'UPDATE' && !isSignificant(pod.spec, (request.oldObject as Pod | undefined)?.spec)) return;
  await evaluate(request, policy, pod.metadata.annotations, pod.spec, true);
}

type WithTemplate = { readonly spec?: { readonly template?: PodTemplateSpec; readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } } }; readonly template?: PodTemplateSpec };

/** Where workloads keep the pods that they make. */
const TEMPLATES: Readonly<Record<string, (object: WithTemplate) => PodTemplateSpec | undefined>> = {
  ...Object.fromEntries(['/replicationcontrollers', 'apps/replicasets', 'apps/deployments', 'apps/statefulsets', 'apps/daemonsets', 'batch/jobs'].map((key) => [key, ({ spec }: WithTemplate) => spec?.template])),
  '/podtemplates': ({ template }) => template,
  'batch/cronjobs': ({ spec }) => spec?.jobTemplate?.spec?.template,
};

/** Workloads are only warned of: it is their pods that are refused. */
async function validateWorkload(request: AdmissionRequest, objects: ObjectSource): Promise<void> {
  const policy = policyFor(request, objects);
  if (!policy || policy.warn.level === 'privileged') return;
  const { group, plural } = request.resource;
  const template = TEMPLATES[`${group}/${plural}`]!(request.object as unknown as WithTemplate);
  if (template?.spec) await evaluate(request, policy, template.metadata?.annotations, template.spec, false);
}

/** Undefined where the namespace asks for nothing. */
function policyFor({ namespace }: AdmissionRequest, objects: ObjectSource): NamespacePolicy | undefined {
  const labels = objects.get('', 'namespaces', '', namespace)?.metadata.labels;
  if (!isLabelled(labels)) return undefined;
  const { policy } = policyOf(labels);
  return isAllPrivileged(policy) ? undefined : policy;
}

/** What is to be audited only is not evaluated: there is no audit log. */
async function evaluate(request: AdmissionRequest, { enforce, warn }: NamespacePolicy, annotations: Labels, spec: PodSpec, enforces: boolean): Promise<void> {
  const { explain, podView, violations } = await import('./evaluate.js');
  const pod = podView(annotations, spec);
  const found = enforces ? violations(enforce, pod) : [];
  if (found.length > 0) throw refusal(request, `violates PodSecurity "${formatStandard(enforce)}": ${explain(found)}`);
  const warned = violations(warn, pod);
  if (warned.length > 0) request.warnings.push(`would violate PodSecurity "${formatStandard(warn)}": ${explain(warned)}`);
}

/** Of what may be changed of a pod, only new containers and images matter. */
function isSignificant(spec: PodSpec, old: PodSpec | undefined): boolean {
  const changes = (next: readonly Container[] = [], before: readonly Container[] = []): boolean => next.length !== before.length || next.some(({ image }, index) => image !== before[index]!.image);
  if (!old || changes(spec.containers, old.containers) || changes(spec.initContainers, old.initContainers)) return true;
  return (spec.ephemeralContainers ?? []).some(({ name, image }) => old.ephemeralContainers?.find((each) => each.name === name)?.image !== image);
}
