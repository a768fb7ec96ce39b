import { ownerReferenceTo, type ObjectOf } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { Client, Controller, Owns, inject, type DeepReadonly, type ObjectReconciler, type ReconcileContext } from '@kubewright/runtime';

import { Widget } from '../api/index.js';

/** Brings a Widget about: one ConfigMap that tells its size. Replace it by what your Widget means. */
@Controller(Widget)
@Owns(ConfigMap)
export class WidgetController implements ObjectReconciler<ObjectOf<typeof Widget>> {
  constructor(@inject(Client) private readonly client: Client) {}

  async reconcileObject(widget: DeepReadonly<ObjectOf<typeof Widget>>, { log }: ReconcileContext): Promise<void> {
    const { name = '', namespace = '' } = widget.metadata;
    const size = widget.spec.size ?? 1;

    const ownerReferences = [ownerReferenceTo(widget, Widget, { controller: true })];
    await this.client.apply(ConfigMap, { metadata: { name: `widget-${name}`, namespace, ownerReferences }, data: { size: String(size) } }, { force: true });

    if (widget.status?.size !== size) {
      await this.client.status.apply(Widget, { metadata: { name, namespace }, status: { size } }, { force: true });
      log.info('brought about', { size });
    }
  }
}
