/** A type that needs a name: what it was called where it is used. */
export interface Nameable {
  readonly hints: { readonly name: string; readonly parent: Nameable | undefined; readonly depth: number }[];
  name: string | undefined;
}

/**
 * Names types after the properties that have them: the name used most, with the name of the type around it in front where it says nothing by
 * itself (`spec`, `config`) or is taken. Outer types are named first.
 */
export function nameShapes(shapes: readonly Nameable[], taken: ReadonlySet<string>): void {
  const used = new Set([...taken, ...RESERVED]);
  const depth = (shape: Nameable) => Math.min(...shape.hints.map((hint) => hint.depth));
  for (const shape of [...shapes].sort((a, b) => depth(a) - depth(b))) {
    if (shape.name !== undefined) continue;
    shape.name = freeName(shape, used);
    used.add(shape.name);
  }
}

/** `podMonitors` in a list is a `PodMonitor`. */
export function typeName(property: string, isItem: boolean): string {
  const words = property.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Value';
  return /^\d/.test(name) ? `Value${name}` : isItem ? singular(name) : name;
}

function freeName(shape: Nameable, used: ReadonlySet<string>): string {
  const outer = [...shape.hints].sort((a, b) => a.depth - b.depth)[0];
  const counts = new Map<string, number>();
  for (const { name } of shape.hints) counts.set(name, (counts.get(name) ?? 0) + 1);
  let name = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'Value';
  if (!GENERIC.has(name) && !used.has(name)) return name;
  for (let parent = outer?.parent; parent; parent = parent.hints[0]?.parent) {
    name = `${(parent.name ?? '').replace(/Spec$/, GENERIC.has(name) ? 'Spec' : '')}${name}`;
    if (!used.has(name)) return name;
    if (parent.hints.length === 0) break;
  }
  let count = 2;
  while (used.has(`${name}${count}`)) count++;
  return `${name}${count}`;
}

function singular(name: string): string {
  if (/(?:ss|us|is)$/i.test(name) || !/s$/i.test(name)) return name;
  if (/ies$/.test(name)) return name.replace(/ies$/, 'y');
  if (/(?:sses|shes|ches|xes|zes)$/.test(name)) return name.slice(0, -2);
  return name.slice(0, -1);
}

/** Names that say nothing without the type around them. */
const GENERIC = new Set('Spec Status Metadata Config Item Value Values Data Options Settings Params Parameter Properties Property Template Type Default Ref Reference Selector Source Target'.split(' '));

const RESERVED = `Array ArrayBuffer BigInt Boolean Buffer Date Error Event EventTarget Function Infinity Intl JSON Map Math NaN Node Number Object Partial Pick Omit Exclude Extract
  Parameters Promise Proxy Readonly Record Reflect RegExp Request Required Response ReturnType Set String Symbol URL WeakMap WeakSet Awaited
  Int Int32 Int64 Float Double Quantity IntOrString Time MicroTime Duration Bytes Format Pattern MinLength MaxLength Min Max JSONValue JSONObject Opaque EmbeddedResource
  EmbeddedObjectMeta AtomicList SetList MapList OneOf CustomResource Rule Rbac ExactlyOneOf AtMostOneOf AtLeastOneOf ValidatingWebhook MutatingWebhook Condition ObjectMeta LabelSelector
  LabelSelectorRequirement OwnerReference ListMeta ManagedFieldsEntry`.split(/\s+/);
