import { nameOf } from '@kubewright/api';
import { ConfigMap, Secret } from '@kubewright/api/core/v1';
import {
  Client, Clock, Controller, Dependent, inject, Logger, Owns, patchStatus, PollSource, Random, Watches, WatchesSource, type DeepReadonly, type ObjectReconciler, type ReconcileContext, type Request,
} from '@kubewright/runtime';

import { Widget, type WidgetObject } from './widget.js';

/** A system outside the cluster. */
export class Weather extends PollSource<Request, { name: string; degrees: number }> {
  constructor(@inject(Clock) clock: Clock, @inject(Random) random: Random) {
    super({
      name: 'weather', clock, random, every: 60_000,
      poll: async () => [{ name: 'a', degrees: 21 }],
      idOf: ({ name }) => name,
      requestsFor: ({ name }) => [{ namespace: 'default', name }],
    });
  }
}

export class Renderer {
  constructor(@inject(Logger) private readonly log: Logger) {}

  settings(widget: DeepReadonly<WidgetObject>): Record<string, string> {
    this.log.debug('rendering', { widget: widget.metadata.name });
    return { size: String(widget.spec.size) };
  }
}

@Controller({ for: Widget, name: 'widget', fairness: 'namespace' })
@Owns(Secret)
@Dependent(ConfigMap, { desired: (widget: WidgetObject) => ({ metadata: { name: `${widget.metadata.name}-settings` }, data: { size: String(widget.spec.size) } }) })
@Watches(Secret, (secret, reader) => reader.list(Widget, { namespace: secret.metadata.namespace! }).map(nameOf))
@WatchesSource(Weather)
export class WidgetController implements ObjectReconciler<WidgetObject> {
  readonly causes: string[] = [];
  readonly cleaned: string[] = [];

  constructor(
    @inject(Client) private readonly client: Client,
    @inject(Renderer) private readonly renderer: Renderer,
    @inject(Weather) private readonly weather: Weather,
  ) {}

  async reconcileObject(widget: DeepReadonly<WidgetObject>, context: ReconcileContext): Promise<void> {
    this.causes.push(...context.causes.map(({ source, change }) => `${change} of ${source}`));
    const seen = Number(this.renderer.settings(widget)['size']);
    const fromPoll = this.weather.get(widget.metadata.name!)?.degrees ?? 0;
    await patchStatus(this.client, Widget, widget, { seen, fromPoll });
  }

  async cleanup(widget: DeepReadonly<WidgetObject>): Promise<void> {
    this.cleaned.push(widget.metadata.name!);
  }
}
