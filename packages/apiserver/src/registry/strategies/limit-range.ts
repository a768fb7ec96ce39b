import type { LimitRangeItem } from '@kubewright/api/core/v1';

import type { KindRules } from '../builtin-strategy.js';
import { specOf } from './workload.js';

/** v1 LimitRange: what it says of containers follows from each other. */
export const limitRangeRules: KindRules = {
  allowCreateOnUpdate: true,
  defaults(object) {
    const { limits } = specOf(object) as { limits?: LimitRangeItem[] };
    for (const item of Array.isArray(limits) ? limits : []) {
      if (item.type !== 'Container') continue;
      const given = { ...item.max, ...item.default };
      const requested = { ...item.min, ...given, ...item.defaultRequest };
      if (Object.keys(given).length > 0) item.default = given;
      if (Object.keys(requested).length > 0) item.defaultRequest = requested;
    }
  },
};
