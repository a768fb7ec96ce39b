import { ConfigMap } from '@kubewright/api/core/v1';
import { setControllerReference } from '@kubewright/api';
import { Client, Controller, Owns, inject, type ReconcileContext, type Reconciler, type Request } from '@kubewright/runtime';

import { Widget } from '../api/index.js';

/** Brings a Widget about: one ConfigMap that tells its size. Replace it by what your Widget means. */
@Controller({ for: Widget })
@Owns(ConfigMap)
export class WidgetController implements Reconciler {
  constructor(@inject(Client) private readonly client: Client) {}

  async reconcile(request: Request, { log }: ReconcileContext): Promise<void> {
    const widget = await this.client.get(Widget, request);
    const size = widget.spec.size ?? 1;

    const configMap = { metadata: { name: `widget-${request.name}`, namespace: request.namespace! }, data: { size: String(size) } };
    await this.client.apply(ConfigMap, setControllerReference(widget, Widget, configMap), { force: true });

    if (widget.status?.size !== size) {
      await this.client.status.apply(Widget, { metadata: { name: request.name, namespace: request.namespace! }, status: { size } }, { force: true });
      log.info('brought about', { size });
    }
  }
}
