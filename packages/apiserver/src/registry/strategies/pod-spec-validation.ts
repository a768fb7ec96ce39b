/** The essential rules of a PodSpec, alone or in a template (k8s.io/kubernetes/pkg/apis/core/validation). */
import type { FieldError } from '@kubewright/api';

import { labelProblems, subdomainProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { duplicate, nonNegative, notSupported, oneOf, required } from './field-checks.js';
import { isFields, listOf } from './pod-spec-defaults.js';

type Fields = Record<string, unknown>;

/**
 * @param at path of the spec: `spec`, `spec.template.spec`
 * @param claims names of the claims that become volumes of each pod, in a StatefulSet
 */
export function validatePodSpec(spec: Fields, at: string, claims: readonly string[] = []): FieldError[] {
  const volumes = new Set<string>();
  const names = new Set<string>();
  const wrongVolumes = listOf(spec.volumes).flatMap((volume, index) => validateVolume(volume, `${at}.volumes[${index}]`, volumes));
  // A claim takes the place of a volume of its name, so the two are no duplicates.
  for (const claim of claims) volumes.add(claim);
  return [
    ...wrongVolumes,
    ...(listOf(spec.containers).length === 0 ? [required(`${at}.containers`)] : []),
    ...listOf(spec.containers).flatMap((container, index) => validateContainer(container, `${at}.containers[${index}]`, names, volumes)),
    ...listOf(spec.initContainers).flatMap((container, index) => validateContainer(container, `${at}.initContainers[${index}]`, names, volumes)),
    ...oneOf(`${at}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${at}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']),
    ...nameProblems(`${at}.serviceAccountName`, spec.serviceAccountName),
    ...nameProblems(`${at}.nodeName`, spec.nodeName),
    ...nonNegative(`${at}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...validateHostname(spec, at),
  ];
}

function validateHostname(spec: Fields, at: string): FieldError[] {
  return ['hostname', 'subdomain'].flatMap((field) => {
    const value = spec[field];
    return typeof value === 'string' && value !== '' ? labelProblems(value).map((problem) => invalidValue(`${at}.${field}`, value, problem)) : [];
  });
}

function nameProblems(field: string, value: unknown): FieldError[] {
  return typeof value === 'string' && value !== '' ? subdomainProblems(value).map((problem) => invalidValue(field, value, problem)) : [];
}

function validateVolume(volume: Fields, at: string, seen: Set<string>): FieldError[] {
  const name = String(volume.name ?? '');
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${at}.name`));
  else {
    errors.push(...labelProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem)));
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
  }
  seen.add(name);
  const sources = Object.keys(volume).filter((field) => field !== 'name');
  for (const extra of sources.slice(1)) errors.push({ type: 'FieldValueForbidden', field: `${at}.${extra}`, message: 'Forbidden: may not specify more than 1 volume type' });
  if (isFields(volume.secret) && !volume.secret.secretName) errors.push(required(`${at}.secret.secretName`));
  if (isFields(volume.configMap) && !volume.configMap.name) errors.push(required(`${at}.configMap.name`));
  if (isFields(volume.persistentVolumeClaim) && !volume.persistentVolumeClaim.claimName) errors.push(required(`${at}.persistentVolumeClaim.claimName`));
  if (isFields(volume.hostPath) && !volume.hostPath.path) errors.push(required(`${at}.hostPath.path`));
  return errors;
}

function validateContainer(container: Fields, at: string, names: Set<string>, volumes: ReadonlySet<string>): FieldError[] {
  const name = String(container.name ?? '');
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${at}.name`));
  else {
    errors.push(...labelProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem)));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
  }
  names.add(name);
  const image = String(container.image ?? '');
  if (image === '') errors.push(required(`${at}.image`));
  else if (image.trim() !== image) errors.push(invalidValue(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  const portNames = new Set<unknown>();
  return [
    ...errors,
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...listOf(container.ports).flatMap((port, index) => validatePort(port, `${at}.ports[${index}]`, portNames)),
    ...listOf(container.env).flatMap((variable, index) => (variable.name ? [] : [required(`${at}.env[${index}].name`)])),
    ...validateMounts(listOf(container.volumeMounts), `${at}.volumeMounts`, volumes),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => validateProbe(container[probe], `${at}.${probe}`)),
    ...validateResources(container.resources, `${at}.resources`),
  ];
}

function validatePort(port: Fields, at: string, names: Set<unknown>): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.containerPort) errors.push(required(`${at}.containerPort`));
  for (const field of ['containerPort', 'hostPort']) {
    const value = port[field];
    if (typeof value === 'number' && value !== 0 && (value < 1 || value > 65535)) errors.push(invalidValue(`${at}.${field}`, value, 'must be between 1 and 65535, inclusive'));
  }
  if (port.protocol && !['SCTP', 'TCP', 'UDP'].includes(String(port.protocol))) errors.push(notSupported(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
  const name = port.name;
  if (typeof name === 'string' && name !== '') {
    if (name.length > 15) errors.push(invalidValue(`${at}.name`, name, 'must be no more than 15 characters'));
    if (!/^[-a-z0-9]+$/.test(name)) errors.push(invalidValue(`${at}.name`, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"));
    if (!/[a-z]/.test(name)) errors.push(invalidValue(`${at}.name`, name, 'must contain at least one letter (a-z)'));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  return errors;
}

function validateMounts(mounts: readonly Fields[], at: string, volumes: ReadonlySet<string>): FieldError[] {
  const paths = new Set<unknown>();
  return mounts.flatMap((mount, index) => {
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${at}[${index}].name`));
    else if (!volumes.has(String(mount.name))) errors.push({ type: 'FieldValueNotFound', field: `${at}[${index}].name`, message: `Not found: ${JSON.stringify(mount.name)}` });
    if (!mount.mountPath) errors.push(required(`${at}[${index}].mountPath`));
    else if (paths.has(mount.mountPath)) errors.push(invalidValue(`${at}[${index}].mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    return errors;
  });
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function validateProbe(probe: unknown, at: string): FieldError[] {
  if (!isFields(probe)) return [];
  const given = HANDLERS.filter((handler) => probe[handler] !== undefined);
  return [
    ...(given.length === 0 ? [required(at, 'must specify a handler type')] : []),
    ...given.slice(1).map((handler): FieldError => ({ type: 'FieldValueForbidden', field: `${at}.${handler}`, message: 'Forbidden: may not specify more than 1 handler type' })),
    ...['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'].flatMap((field) => nonNegative(`${at}.${field}`, probe[field])),
  ];
}

function validateResources(resources: unknown, at: string): FieldError[] {
  if (!isFields(resources)) return [];
  return ['limits', 'requests'].flatMap((kind) => {
    const amounts = resources[kind];
    return isFields(amounts) ? Object.entries(amounts).flatMap(([name, amount]) => (String(amount).startsWith('-') ? [invalidValue(`${at}.${kind}[${name}]`, amount, 'must be greater than or equal to 0')] : [])) : [];
  });
}
