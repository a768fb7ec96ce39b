import type { AdmissionPlugin, AdmissionRequest } from './admission.js';

/** Calls plugins in their order: `admit` of all before the object is validated, `validate` of all after. The first refusal ends it. */
export class AdmissionChain {
  constructor(private readonly plugins: readonly AdmissionPlugin[]) {}

  async admit(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.plugins) await plugin.admit?.(request);
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.plugins) await plugin.validate?.(request);
  }
}
