import { CustomResource, type Int32, type KubeObject } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger, type Transport } from '@kubewright/platform';
import { addControllers, Controller, createManager, Dependent, type DeepReadonly, type Manager, type ObjectReconciler, type ReconcileContext } from '@kubewright/runtime';

/** A kind whose controller uses everything that rules are inferred from. */
@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Gadget {
  spec!: { size: Int32 };
  status?: { size?: Int32 };
}

type GadgetObject = DeepReadonly<Gadget & KubeObject>;

@Controller({ for: Gadget, sharded: true })
@Dependent(ConfigMap, { desired: ({ metadata, spec }: Gadget & KubeObject) => ({ metadata: { name: `gadget-${metadata.name}` }, data: { size: String(spec.size) } }) })
export class GadgetController implements ObjectReconciler<Gadget & KubeObject> {
  async reconcileObject(gadget: GadgetObject, { client, recorder }: ReconcileContext): Promise<void> {
    if (gadget.status?.size === gadget.spec.size) return;
    recorder.event(gadget, 'Normal', 'Resized', 'Resize', `to ${gadget.spec.size}`);
    const { name = '', namespace = '' } = gadget.metadata;
    await client.status.apply(Gadget, { metadata: { name, namespace }, status: { size: gadget.spec.size } }, { force: true });
  }

  async cleanup(): Promise<void> {}
}

/** Puts the operator together. Metrics are for those whom the API server knows. */
export async function startedOperator(transport: Transport): Promise<Manager> {
  const manager = await createManager({
    name: 'gadgets',
    transport,
    log: noopLogger,
    leaderElection: { name: 'gadgets', namespace: 'default' },
    sharding: { name: 'gadgets', namespace: 'default' },
    metrics: { bindAddress: '127.0.0.1:0', authorization: true },
  });
  addControllers(manager, GadgetController);
  return manager;
}
