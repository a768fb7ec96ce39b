import type { Comprehension, Expr } from '../parse/ast.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { ListValue, MapValue, nameOfType, type Value } from '../value/value.js';
import { attempt, type Frame, type Step } from './frame.js';

/** What this needs of the planner: local variables and how to plan a part. */
interface Planning {
  readonly scope: string[];
  plan(expr: Expr): Step;
}

/** Runs loops, and local variables of `cel.bind` and its like, which are loops over nothing. */
export function planLoop(expr: Comprehension, planner: Planning): Step {
  const { variable, variable2, accumulator } = expr;
  const range = planner.plan(expr.range);
  const init = planner.plan(expr.init);
  const accumulatorSlot = planner.scope.push(accumulator) - 1;
  if (isBinding(expr)) {
    const result = planner.plan(expr.result);
    planner.scope.pop();
    return (frame) => {
      frame.slots[accumulatorSlot] = init(frame);
      return result(frame);
    };
  }
  const slot = planner.scope.push(variable) - 1;
  const slot2 = variable2 === undefined ? -1 : planner.scope.push(variable2) - 1;
  const condition = planner.plan(expr.condition);
  const step = planner.plan(expr.step);
  planner.scope.length = accumulatorSlot + 1;
  const result = planner.plan(expr.result);
  planner.scope.length = accumulatorSlot;

  /** Whether the loop goes on. */
  const turn = (frame: Frame, first: Value, second: Value): boolean => {
    frame.slots[slot] = first;
    if (slot2 >= 0) frame.slots[slot2] = second;
    if (condition(frame) !== true) return false;
    frame.slots[accumulatorSlot] = attempt(step, frame);
    return true;
  };
  return (frame) => {
    const over = range(frame);
    if (!(over instanceof ListValue || over instanceof MapValue)) throw new CelEvaluationError(`got 'types.${goType(over)}', expected iterable type`);
    frame.slots[accumulatorSlot] = init(frame);
    if (over instanceof ListValue) {
      let index = 0n;
      for (const item of over) {
        if (!(slot2 < 0 ? turn(frame, item, null) : turn(frame, index, item))) break;
        index++;
      }
    } else {
      for (const key of over.keys()) if (!turn(frame, key, slot2 < 0 ? null : over.find(key)!)) break;
    }
    return result(frame);
  };
}

function isBinding({ range, condition }: Comprehension): boolean {
  return range.kind === 'list' && range.elements.length === 0 && condition.kind === 'literal' && condition.value === false;
}

/** What Go calls the type of a scalar. */
function goType(value: Value): string {
  const name = nameOfType(value).replace(/^google\.protobuf\./, '').replace(/_type$/, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
