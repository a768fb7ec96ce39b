/** Defaults of pods, alone or in the template of a workload (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */

type Fields = Record<string, unknown>;

/** Fills in a PodSpec. */
export function defaultPodSpec(spec: Fields): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  // The older name of the field follows the newer one.
  if (spec.serviceAccountName ?? spec.serviceAccount) spec.serviceAccount = spec.serviceAccountName ??= spec.serviceAccount;
  for (const volume of listOf(spec.volumes)) defaultVolume(volume);
  for (const container of [...listOf(spec.initContainers), ...listOf(spec.containers), ...listOf(spec.ephemeralContainers)]) defaultContainer(container, spec.hostNetwork === true);
}

function defaultContainer(container: Fields, hostNetwork: boolean): void {
  container.imagePullPolicy ??= pullPolicyOf(String(container.image ?? ''));
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of listOf(container.ports)) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (isFields(probe)) defaultProbe(probe);
  for (const hook of Object.values(isFields(container.lifecycle) ? container.lifecycle : {})) if (isFields(hook)) defaultHttpGet(hook.httpGet);
  for (const variable of listOf(container.env)) if (isFields(variable.valueFrom)) defaultFieldSource(variable.valueFrom);
  const { requests, limits } = container.resources as { requests?: Fields; limits?: Fields };
  if (limits) (container.resources as Fields).requests = { ...Object.fromEntries(Object.entries(limits).filter(([name]) => !(name in (requests ?? {})))), ...requests };
}

/** `:latest`, or no tag at all, is pulled each time; a digest names one image for ever. */
function pullPolicyOf(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Fields): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (isFields(probe.grpc)) probe.grpc.service ??= '';
}

function defaultHttpGet(action: unknown): void {
  if (!isFields(action)) return;
  action.path ||= '/';
  action.scheme ??= 'HTTP';
}

function defaultFieldSource(source: Fields): void {
  if (isFields(source.fieldRef)) source.fieldRef.apiVersion ??= 'v1';
  if (isFields(source.resourceFieldRef)) source.resourceFieldRef.divisor ??= '0';
}

const WITH_MODE = ['configMap', 'secret', 'downwardAPI', 'projected'];

function defaultVolume(volume: Fields): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {};
  for (const source of WITH_MODE) {
    const given = volume[source];
    if (isFields(given)) given.defaultMode ??= 0o644;
  }
  if (isFields(volume.hostPath)) volume.hostPath.type ??= '';
  if (isFields(volume.iscsi)) volume.iscsi.iscsiInterface ??= 'default';
  if (isFields(volume.rbd)) {
    volume.rbd.pool ??= 'rbd';
    volume.rbd.user ??= 'admin';
    volume.rbd.keyring ??= '/etc/ceph/keyring';
  }
  for (const item of listOf(isFields(volume.downwardAPI) ? volume.downwardAPI.items : undefined)) defaultFieldSource(item);
  for (const source of listOf(isFields(volume.projected) ? volume.projected.sources : undefined)) {
    if (isFields(source.serviceAccountToken)) source.serviceAccountToken.expirationSeconds ??= 3600;
    for (const item of listOf(isFields(source.downwardAPI) ? source.downwardAPI.items : undefined)) defaultFieldSource(item);
  }
  const template = isFields(volume.ephemeral) ? volume.ephemeral.volumeClaimTemplate : undefined;
  if (isFields(template) && isFields(template.spec)) template.spec.volumeMode ??= 'Filesystem';
}

/** The entries of a list that are objects. */
export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Whether a value is an object whose fields can be looked at. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
