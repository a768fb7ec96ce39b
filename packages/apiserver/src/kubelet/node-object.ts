import { formatTime } from '@kubewright/api';
import type { Node, NodeCondition } from '@kubewright/api/core/v1';

/** What makes one simulated node differ from another. */
export interface NodeDescription {
  readonly name: string;
  readonly internalIP: string;
  /** The range of its pods: `10.244.1.0/24`. */
  readonly podCIDR: string;
  readonly runtime: string;
}

const VERSION = 'v1.36.2';
const CAPACITY = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '110' } as const;

/** A node as its kubelet registers it, ready. */
export function nodeObject({ name, internalIP, podCIDR, runtime }: NodeDescription, now: number): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      capacity: { ...CAPACITY },
      allocatable: { ...CAPACITY },
      conditions: nodeConditions(now),
      addresses: [{ type: 'InternalIP', address: internalIP }, { type: 'Hostname', address: name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: '', systemUUID: '', bootID: '', kernelVersion: 'simulated', osImage: 'kubewright simulated node', containerRuntimeVersion: runtime,
        kubeletVersion: VERSION, kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64',
      },
    },
  };
}

function nodeConditions(now: number): NodeCondition[] {
  const time = formatTime(new Date(now));
  const condition = (type: string, status: string, reason: string, message: string): NodeCondition => ({ type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime: time });
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}
