import type { Step } from '../story.js';
import { objectsAppear, podsPrinted, podsRun } from './come-up.js';
import { appliedAgain, deleted, handEdited, operatorKilled, podDeleted, ruleEdited, scaledDown } from './control-loop.js';
import { applyOrigin, installDefinitions, startCluster, startOperator } from './set-up.js';

/** The story from beginning to end. The last step leaves the cluster in a state worth looking at. */
export const steps: readonly Step[] = [
  startCluster, installDefinitions, applyOrigin, startOperator, objectsAppear, podsRun, podsPrinted,
  podDeleted, scaledDown, ruleEdited, handEdited, operatorKilled, deleted, appliedAgain,
];
