import type { FieldType, ListType, MapType } from './field-type.js';
import { DEDUCED } from './field-type.js';
import { FieldSet } from './field-set.js';
import { fieldName } from './path-element.js';
import type { PathElement } from './path-element.js';
import { fieldType, visit } from './typed-value.js';

/**
 * Brings recorded ownership up to a schema that has changed since: who owned fields inside an object or list that is atomic by now owns it as a
 * whole. (From atomic to granular nothing is to be done: the owner of the whole keeps just that.)
 */
export function reconcileWithSchema(fields: FieldSet, type: FieldType): FieldSet {
  const atomic = new FieldSet();
  findAtomic(fields, type, [], false, atomic);
  return atomic.isEmpty ? fields : fields.recursiveDifference(atomic).union(atomic);
}

/** @param isLeaf whether the place is owned and nothing below it is, as it is for atomic ones */
function findAtomic(fields: FieldSet | undefined, type: FieldType, path: PathElement[], isLeaf: boolean, atomic: FieldSet): void {
  visit(type.atom, {
    map: (map) => {
      if (map.element === DEDUCED && !map.hasFields) return;
      if (!isLeaf && map.atomic) {
        if (fields !== undefined && !fields.isEmpty) atomic.insert(path);
      } else descend(fields, (element) => fieldOf(map, element), path, atomic);
    },
    scalar: () => undefined,
    list: (list: ListType) => {
      if (!isLeaf && list.atomic) atomic.insert(path);
      else descend(fields, () => list.element, path, atomic);
    },
  });
}

function descend(fields: FieldSet | undefined, typeAt: (element: PathElement) => FieldType | undefined, path: PathElement[], atomic: FieldSet): void {
  for (const element of fields?.elements() ?? []) {
    const type = typeAt(element);
    const below = fields!.below(element);
    if (type !== undefined) findAtomic(below, type, [...path, element], fields!.hasMember(element) && below === undefined, atomic);
  }
}

function fieldOf(map: MapType, element: PathElement): FieldType | undefined {
  const name = fieldName(element);
  return name === undefined ? map.element : fieldType(map, name);
}
