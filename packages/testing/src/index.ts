/** @module @kubewright/testing: a cluster in the test process, and expectations that wait. */
export { ClusterSnapshot } from '@kubewright/apiserver';
export { TestCluster, type Startable, type TestClusterOptions } from './environment/test-cluster.js';
export { eventually, type EventuallyOptions } from './expect/eventually.js';
