/** @module controllers: one a kind: select, render, apply, status. What is decided is decided in select/, render/ and status/. */
import { Rbac } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, Namespace, Pod, Secret, Service } from '@kubewright/api/core/v1';
import {
  annotationsChanged, Clock, Controller, generationChanged, inject, labelsChanged, or, Owns, Watches, type ReconcileContext, type Reconciler, type Request,
} from '@kubewright/runtime';

import { PodMonitor, Prometheus, PrometheusRule, ServiceMonitor } from '../api/index.js';
import { OPERATOR_CONFIG, type OperatorConfig } from '../operator-config.js';
import type { PrometheusObject } from '../render/metadata.js';
import { unsupportedPrometheusFields } from '../select/unsupported-fields.js';
import type { Finding } from '../status/conditions.js';
import { getOrUndefined } from './create-or-update.js';
import { writeStatus } from './prometheus-status.js';
import { failureMessage, syncPrometheus } from './prometheus-sync.js';
import { namespacePrometheuses, podPrometheus, selectingPrometheuses } from './triggers.js';

const contentChanged = { predicates: [or(generationChanged, labelsChanged)] };

/** Keeps the objects of every Prometheus, and its status, as they should be. */
@Controller({ for: Prometheus, predicates: [or(generationChanged, labelsChanged, annotationsChanged)] })
@Owns(StatefulSet)
@Owns(Secret)
@Owns(ConfigMap)
@Owns(Service, { allOwners: true })
@Watches(Pod, podPrometheus)
@Watches(ServiceMonitor, selectingPrometheuses((spec) => spec.serviceMonitorNamespaceSelector), contentChanged)
@Watches(PodMonitor, selectingPrometheuses((spec) => spec.podMonitorNamespaceSelector), contentChanged)
@Watches(PrometheusRule, selectingPrometheuses((spec) => spec.ruleNamespaceSelector), contentChanged)
@Watches(Namespace, namespacePrometheuses, { predicates: [labelsChanged] })
@Rbac({ groups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] })
export class PrometheusController implements Reconciler {
  constructor(
    @inject(OPERATOR_CONFIG) private readonly config: OperatorConfig,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  async reconcile(request: Request, context: ReconcileContext): Promise<void> {
    const prometheus = (await getOrUndefined(context.client, Prometheus, { namespace: '', ...request })) as PrometheusObject | undefined;
    if (!prometheus || prometheus.metadata.deletionTimestamp) return; // the garbage collector takes what belongs to it

    let failure: Error | undefined;
    const reconciled = await this.#sync(prometheus, context).catch((error: unknown): Finding => {
      failure = error instanceof Error ? error : new Error(String(error), { cause: error });
      return { type: 'Reconciled', status: 'False', reason: 'ReconciliationFailed', message: failureMessage(error) };
    });
    await writeStatus(context.client, prometheus, reconciled, this.config, new Date(this.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'));
    if (failure) throw failure;
  }

  async #sync(prometheus: PrometheusObject, context: ReconcileContext): Promise<Finding> {
    if (prometheus.spec.paused) {
      const before = prometheus.status?.conditions?.find(({ type }) => type === 'Reconciled');
      return { type: 'Reconciled', status: before?.status ?? 'Unknown', reason: before?.reason ?? '', message: before?.message ?? 'paused' };
    }
    const { selected, unmanaged } = await syncPrometheus(prometheus, this.config, context);
    const unsupported = unsupportedPrometheusFields(prometheus.spec);
    if (unsupported.length > 0) {
      const message = `these fields have no effect yet: ${unsupported.join(', ')}`;
      context.recorder.event({ ...prometheus, apiVersion: 'monitoring.coreos.com/v1', kind: Prometheus.name }, 'Warning', 'UnsupportedFields', 'Reconciling', message);
      return { type: 'Reconciled', status: 'True', reason: 'UnsupportedFields', message };
    }
    const isEmpty = Object.values(selected).every(({ accepted, rejected }) => accepted.length + rejected.length === 0);
    const [reason, message] = unmanaged
      ? ['ConfigurationUnmanaged', 'the configuration is not managed: no selector is set']
      : isEmpty
        ? ['NoSelectedResources', 'no configuration resource is selected']
        : ['', ''];
    return { type: 'Reconciled', status: 'True', reason, message };
  }
}
