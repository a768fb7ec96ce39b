import { KubewrightError } from '../errors/kubewright-error.js';
import type { Dependent } from './dependent.js';

/**
 * The dependents of a controller in an order in which each stands behind those that it needs.
 *
 * @throws KubewrightError KW_INVALID_OPTIONS with every problem: names that are taken, unknown, no label's value, or that need each other
 */
export function inOrder(controller: string, dependents: readonly Dependent[]): readonly Dependent[] {
  const byName = new Map(dependents.map((each) => [each.name, each]));
  const problems = dependents.flatMap(({ name, dependsOn = [] }, index) => [
    ...(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(name) ? [] : [`the name "${name}" must fit a label's value`]),
    ...(dependents.findIndex((other) => other.name === name) === index ? [] : [`two are named "${name}": give one another name`]),
    ...dependsOn.filter((needed) => !byName.has(needed)).map((needed) => `"${name}" depends on "${needed}", which is not there`),
  ]);
  const ordered = new Set<Dependent>();
  const visit = (each: Dependent, path: readonly string[]): void => {
    if (ordered.has(each)) return;
    if (path.includes(each.name)) return void problems.push(`in a circle: ${[...path.slice(path.indexOf(each.name)), each.name].join(' -> ')}`);
    for (const needed of each.dependsOn ?? []) if (byName.has(needed)) visit(byName.get(needed)!, [...path, each.name]);
    ordered.add(each);
  };
  for (const each of dependents) visit(each, []);
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${controller}: dependents: ${[...new Set(problems)].join('; ')}`);
  return [...ordered];
}
