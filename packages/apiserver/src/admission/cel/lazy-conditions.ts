import type { Authorizer } from '../../authz/authorizer.js';
import type { ConditionEvaluator } from '../webhook/match-conditions.js';

/** {@link webhookConditions} for servers of which most never see a condition: what it takes is loaded for the first one. */
export function lazyConditions(authorizer: Authorizer): ConditionEvaluator {
  let loaded: Promise<ConditionEvaluator> | undefined;
  return {
    async holds(...args) {
      loaded ??= import('./conditions.js').then(({ webhookConditions }) => webhookConditions(authorizer));
      return (await loaded).holds(...args);
    },
  };
}
