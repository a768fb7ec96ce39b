import { invalid, type FieldError, type KubeObject } from '@kubewright/api';
import type { Random } from '@kubewright/platform';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { labelProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import type { ObjectSource } from '../../storage/object-source.js';
import { duplicate, notSupported, oneOf, required } from './field-checks.js';
import { isFields, listOf } from './pod-spec-defaults.js';
import { ServiceAddresses } from './service-addresses.js';
import { specOf } from './workload.js';

type Spec = Record<string, unknown>;

/** v1 Service, in a cluster with IPv4 only. Addresses and node ports come from `objects`: what no other Service has. */
export function serviceRules(objects: ObjectSource, random: Random, range?: string): KindRules {
  const addresses = new ServiceAddresses(objects, random, range);
  return {
    allowCreateOnUpdate: true,
    returnsDeletedObject: true,
    validateName: labelProblems,
    defaults: (object) => defaultSpec(specOf(object)),
    allocate: (object, old) => allocate(object as Fields, old as Fields | undefined, addresses),
    validate,
    validateUpdate(object, old, subresource) {
      if (subresource === 'status') return [];
      return [...validate(object), ...validateAddressChange(specOf(object), old.spec as Spec)];
    },
    warnings(object) {
      const spec = specOf(object as Fields);
      const found: string[] = [];
      if (listed(spec.externalIPs).length > 0) found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
      if (spec.trafficDistribution === 'PreferClose') found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
      return found;
    },
  };
}

function defaultSpec(spec: Spec): void {
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'ClientIP') {
    const config = (spec.sessionAffinityConfig ??= {}) as { clientIP?: { timeoutSeconds?: number } };
    (config.clientIP ??= {}).timeoutSeconds ??= 10800;
  } else if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  spec.type ??= 'ClusterIP';
  for (const port of listOf(spec.ports)) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === '' || port.targetPort === 0) port.targetPort = port.port;
  }
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (isExternal || (spec.type === 'ClusterIP' && listed(spec.externalIPs).length > 0)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

function allocate(object: Fields, old: Fields | undefined, addresses: ServiceAddresses): void {
  const spec = specOf(object);
  const before = old ? (old.spec as Spec) : undefined;
  if (spec.type === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) if (before === undefined || before.type !== 'ExternalName') delete spec[field];
    return;
  }
  const isSame = before !== undefined && before.type !== 'ExternalName';
  if (isSame) {
    // What a client leaves out of an update stays.
    if (!spec.clusterIP) spec.clusterIP = before.clusterIP;
    if (listed(spec.clusterIPs).length === 0) spec.clusterIPs = spec.clusterIP === before.clusterIP ? before.clusterIPs : [spec.clusterIP];
    else if (spec.clusterIP !== listed(spec.clusterIPs)[0] && before.clusterIP !== spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    spec.ipFamilies ??= before.ipFamilies;
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy;
    for (const port of listOf(spec.ports)) {
      const same = listOf(before.ports).find((candidate) => candidate.port === port.port && candidate.protocol === port.protocol);
      if (same?.nodePort !== undefined && needsNodePorts(spec)) port.nodePort ??= same.nodePort;
    }
    if (before.healthCheckNodePort !== undefined && needsHealthPort(spec)) spec.healthCheckNodePort ??= before.healthCheckNodePort;
  } else allocateAddress(object, spec, addresses);
  allocatePorts(object, spec, addresses);
}

function allocateAddress(object: KubeObject, spec: Spec, addresses: ServiceAddresses): void {
  const isHeadless = spec.clusterIP === 'None';
  // Without a selector nobody but the user knows the families of a headless service's endpoints.
  const isOpen = isHeadless && !(isFields(spec.selector) && Object.keys(spec.selector).length > 0);
  if (isOpen && spec.ipFamilyPolicy !== 'SingleStack') {
    spec.ipFamilyPolicy ??= 'RequireDualStack';
    spec.ipFamilies ??= ['IPv4', 'IPv6'];
  }
  spec.ipFamilyPolicy ??= 'SingleStack';
  spec.ipFamilies ??= ['IPv4'];
  const problems = familyProblems(spec, isOpen);
  if (problems.length > 0) refuse(object, problems);
  const given = spec.clusterIP as string | undefined;
  if (isHeadless) spec.clusterIPs ??= ['None'];
  else if (given) {
    spec.clusterIPs ??= [given];
    const problem = addresses.problemOf(given, object);
    if (problem) refuse(object, [invalidValue('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${given}: ${problem}`)], isAddress(given));
  } else if (listed(spec.clusterIPs).length === 0) {
    spec.clusterIP = addresses.next();
    spec.clusterIPs = [spec.clusterIP];
  }
}

function familyProblems(spec: Spec, isOpen: boolean): FieldError[] {
  const families = listed(spec.ipFamilies);
  if (isOpen) return [];
  if (families.length > 1 && spec.ipFamilyPolicy === 'SingleStack') {
    return [invalidValue('spec.ipFamilyPolicy', 'SingleStack', "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified")];
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') return [invalidValue('spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services')];
  const index = families.findIndex((family) => family === 'IPv6');
  return index < 0 ? [] : [invalidValue(`spec.ipFamilies[${index}]`, 'IPv6', 'not configured on this cluster')];
}

function allocatePorts(object: KubeObject, spec: Spec, addresses: ServiceAddresses): void {
  const taken = addresses.nodePorts(object);
  const needed = needsNodePorts(spec);
  for (const port of listOf(spec.ports)) {
    if (!needed) {
      if (spec.type === 'ClusterIP') delete port.nodePort;
      continue;
    }
    if (port.nodePort === undefined || port.nodePort === 0) port.nodePort = addresses.nextNodePort(taken);
    else if (taken.has(Number(port.nodePort))) {
      refuse(object, [invalidValue(`spec.ports[${listOf(spec.ports).indexOf(port)}].nodePort`, port.nodePort, 'provided port is already allocated')]);
    }
    taken.add(Number(port.nodePort));
  }
  if (!needsHealthPort(spec)) delete spec.healthCheckNodePort;
  else spec.healthCheckNodePort ??= addresses.nextNodePort(taken);
}

function needsNodePorts(spec: Spec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function needsHealthPort(spec: Spec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** Allocation comes before validation on purpose: what it needs to know is checked here. Texts that are no address are left to validation. */
function refuse(object: KubeObject, errors: FieldError[], isFinal = true): void {
  if (isFinal) throw invalid({ group: '', kind: 'Service' }, object.metadata.name ?? '', errors);
}

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  const ports = listOf(spec.ports);
  const errors: FieldError[] = [];
  const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  if (needsPorts && ports.length === 0) errors.push(required('spec.ports'));
  if (spec.type === 'ExternalName' && !spec.externalName) errors.push(required('spec.externalName'));
  const names = new Set<unknown>();
  const numbers = new Set<string>();
  ports.forEach((port, index) => errors.push(...validatePort(port, `spec.ports[${index}]`, ports.length > 1, names, numbers)));
  errors.push(...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']), ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  listed(spec.clusterIPs).forEach((address, index) => {
    if (address === 'None' && index === 0) return;
    if (!isAddress(address)) errors.push(invalidValue(`spec.clusterIPs[${index}]`, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
  });
  return errors;
}

function validatePort(port: Spec, at: string, needsName: boolean, names: Set<unknown>, numbers: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  const { name, protocol } = port;
  if (!name && needsName) errors.push(required(`${at}.name`));
  else if (typeof name === 'string' && name !== '') {
    errors.push(...labelProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem)));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  if (typeof port.port !== 'number' || port.port < 1 || port.port > 65535) errors.push(invalidValue(`${at}.port`, port.port ?? 0, 'must be between 1 and 65535, inclusive'));
  if (!['SCTP', 'TCP', 'UDP'].includes(String(protocol))) errors.push(notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
  const key = `${String(protocol)} ${String(port.port)}`;
  if (numbers.has(key)) errors.push(duplicate(at, { port: port.port, protocol }));
  numbers.add(key);
  return errors;
}

function validateAddressChange(spec: Spec, before: Spec): FieldError[] {
  if (before.type === 'ExternalName' || spec.type === 'ExternalName' || !before.clusterIP || spec.clusterIP === before.clusterIP) return [];
  return [invalidValue('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set')];
}

function isAddress(text: unknown): boolean {
  return typeof text === 'string' && /^(\d{1,3}\.){3}\d{1,3}$|^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text);
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
