// What protobuf costs the API server beside JSON, for a pod of 2 KB. By hand, after `npm run build`: node test/bench/protobuf.mjs
import { decodeJson, encodeJson } from '@kubewright/api';

// Not part of the package's public list; the benchmark looks inside.
import { encodeProtobuf, openEnvelope, readRaw } from '../../packages/apiserver/dist/protobuf/envelope.js';
import { messageOf } from '../../packages/apiserver/dist/protobuf/message.js';

const ROUNDS = 5;
const CALLS = 20_000;

const pod = {
  apiVersion: 'v1', kind: 'Pod',
  metadata: {
    name: 'web-7d4b9c6f5-abcde', generateName: 'web-7d4b9c6f5-', namespace: 'default', uid: '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0', resourceVersion: '123456', creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { app: 'web', 'pod-template-hash': '7d4b9c6f5' }, annotations: { 'example.com/checksum': 'f'.repeat(64) },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c6f5', uid: '1b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0', controller: true, blockOwnerDeletion: true }],
  },
  spec: {
    volumes: [{ name: 'config', configMap: { name: 'web', defaultMode: 420 } }, { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }], defaultMode: 420 } }],
    containers: [{
      name: 'web', image: 'registry.example.com/team/web:1.2.3', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }, { name: 'LEVEL', value: 'info' }],
      resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } }, volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
      readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
      terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent',
    }],
    restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', serviceAccountName: 'default', nodeName: 'node-1', securityContext: {}, schedulerName: 'default-scheduler',
  },
  status: {
    phase: 'Running', hostIP: '10.0.0.1', podIP: '10.1.0.7', podIPs: [{ ip: '10.1.0.7' }], startTime: '2026-01-02T03:04:06Z', qosClass: 'Burstable',
    conditions: ['Initialized', 'Ready', 'PodScheduled'].map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-02T03:04:07Z' })),
    containerStatuses: [{ name: 'web', state: { running: { startedAt: '2026-01-02T03:04:07Z' } }, lastState: {}, ready: true, restartCount: 0, image: 'registry.example.com/team/web:1.2.3', imageID: 'sha256:abc', containerID: 'sim://1', started: true }],
  },
};
const json = Buffer.from(encodeJson(pod));
const protobuf = encodeProtobuf(pod);
const message = messageOf('v1', 'Pod');
const cases = {
  'encode JSON': () => Buffer.from(encodeJson(pod)),
  'encode protobuf': () => encodeProtobuf(pod),
  'decode JSON': () => decodeJson(json),
  'decode protobuf': () => readRaw(openEnvelope(protobuf).raw, message),
};

console.log(`node ${process.version}; JSON ${json.length} bytes, protobuf ${protobuf.length} bytes; median of ${ROUNDS} rounds of ${CALLS} calls`);
for (const call of Object.values(cases)) for (let count = 0; count < CALLS; count++) call();
for (const [name, call] of Object.entries(cases)) {
  const times = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    for (let count = 0; count < CALLS; count++) call();
    return ((performance.now() - began) * 1000) / CALLS;
  }).sort((a, b) => a - b);
  console.log(`${name.padEnd(16)} ${times[Math.floor(ROUNDS / 2)].toFixed(1)} microseconds`);
}
