import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { Reinvocation } from './reinvocation.js';

/**
 * Calls plugins in their order: `admit` of all before the object is validated, `validate` of all after. The first refusal ends it. When a
 * plugin asks for it, `admit` of all is called once more.
 */
export class AdmissionChain {
  constructor(private readonly plugins: readonly AdmissionPlugin[]) {}

  async admit(request: AdmissionRequest): Promise<void> {
    const reinvocation = new Reinvocation();
    const known = { ...request, reinvocation };
    for (const plugin of this.plugins) await plugin.admit?.(known);
    if (!reinvocation.isWanted) return;
    reinvocation.beginSecondRound();
    for (const plugin of this.plugins) await plugin.admit?.(known);
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.plugins) await plugin.validate?.(request);
  }
}
