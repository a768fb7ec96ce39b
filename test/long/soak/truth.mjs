// What must hold, seen in the store itself: past clients, caches and watches.
import { Gadget, NAMESPACE, OWNER_LABEL } from './kinds.mjs';

/** Watches the store for a second child of one owner, at any moment. */
export function watchForDuplicates(storage) {
  const children = new Map();
  const found = [];
  storage.onCommit('', 'configmaps', ({ object, deleted }) => {
    const owner = object.metadata.labels?.[OWNER_LABEL];
    if (owner === undefined) return;
    const names = children.get(owner) ?? new Set();
    if (deleted) names.delete(object.metadata.name);
    else if (!names.has(object.metadata.name)) {
      names.add(object.metadata.name);
      if (names.size > 1) found.push(`${object.metadata.ownerReferences?.[0]?.name} (${owner}) has ${[...names].join(' and ')}, at revision ${object.metadata.resourceVersion}`);
    }
    if (names.size > 0) children.set(owner, names);
    else children.delete(owner);
  });
  return found;
}

/** What is not yet, or not, as the specs say: one line each. */
export function unfinished(storage) {
  const gadgets = [...storage.list(Gadget.group, Gadget.plural, NAMESPACE)];
  const byOwner = new Map(gadgets.map(({ metadata }) => [metadata.uid, []]));
  const lines = [];
  for (const child of storage.list('', 'configmaps', NAMESPACE)) {
    const owner = child.metadata.labels?.[OWNER_LABEL];
    if (owner === undefined) continue;
    if (byOwner.has(owner)) byOwner.get(owner).push(child);
    else lines.push(`child ${child.metadata.name} is left of ${child.metadata.ownerReferences?.[0]?.name}, which is gone`);
  }
  for (const { metadata, spec, status } of gadgets) {
    const children = byOwner.get(metadata.uid);
    if (children.length !== 1) lines.push(`${metadata.name} has ${children.length} children`);
    else if (children[0].data.value !== String(spec.value)) lines.push(`the child of ${metadata.name} has ${children[0].data.value}, not ${spec.value}`);
    else if (status?.child !== children[0].metadata.name) lines.push(`the status of ${metadata.name} names ${status?.child}, not ${children[0].metadata.name}`);
    if (status?.value !== spec.value || status?.observedGeneration !== metadata.generation) {
      lines.push(`${metadata.name} is at generation ${metadata.generation} with value ${spec.value}, its status says ${status?.observedGeneration} and ${status?.value}`);
    }
  }
  return { objects: gadgets.length, lines };
}
