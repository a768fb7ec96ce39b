import { messageOf, type Field, type Message } from './message.js';

/** How the Go type of a message looks in JSON: which fields are left out when they are zero, and which are there without having been set. */
export interface JsonForm {
  /** By name, those of inlined messages included. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields that JSON always has, with what it has for a zero value. Structs among them are made anew by {@link fillZeros}. */
  readonly zeros: readonly (readonly [name: string, zero: JsonForm | string | number | false | null])[];
}

/** The form of a built-in kind; undefined where there is none. */
export function jsonFormOf(apiVersion: string, kind: string): JsonForm | undefined {
  const message = messageOf(apiVersion, kind);
  return message && formOf(message);
}

/** The form of a field's values, where those are messages. */
export function formOfField(field: Field | undefined): JsonForm | undefined {
  return field?.kind === 'message' ? formOf(field.message) : undefined;
}

/** Whether Go's encoder leaves the value out because it is zero. Lists and maps count as they are stored: empty ones are none. */
export function isLeftOut(field: Field, value: unknown): boolean {
  if (field.isPointer || field.isKept) return false;
  if (field.shape !== 'one') return isEmptyCollection(value);
  return value === '' || value === false || value === 0;
}

/** Adds, in place, the fields that are there without having been set. */
export function fillZeros(value: Record<string, unknown>, { zeros }: JsonForm): void {
  for (const [name, zero] of zeros) {
    if (value[name] !== undefined) continue;
    value[name] = typeof zero === 'object' && zero !== null ? zeroStruct(zero) : zero;
  }
}

function zeroStruct(form: JsonForm): Record<string, unknown> {
  const value = {};
  fillZeros(value, form);
  return value;
}

/** Makes the lists and maps that JSON always has null where they are empty, in place: storage does not tell empty from none. */
export function dropEmptyKept(value: Record<string, unknown>, form: JsonForm): void {
  for (const name in value) {
    const field = form.fields.get(name);
    const item = value[name];
    if (field === undefined || typeof item !== 'object' || item === null) continue;
    if (field.isKept && field.shape !== 'one' && isEmptyCollection(item)) value[name] = null;
    const inner = formOfField(field);
    if (inner === undefined) continue;
    const structs: unknown[] = field.shape === 'one' ? [item] : Object.values(item);
    for (const struct of structs) if (typeof struct === 'object' && struct !== null) dropEmptyKept(struct as Record<string, unknown>, inner);
  }
}

const forms = new WeakMap<Message, JsonForm>();

function formOf(message: Message): JsonForm {
  let form = forms.get(message);
  if (form === undefined) forms.set(message, (form = buildForm(message)));
  return form;
}

function buildForm(message: Message): JsonForm {
  const all = message.fields.flatMap(inlined);
  return {
    fields: new Map(all.map((field) => [field.name, field])),
    zeros: all.flatMap((field) => {
      const zero = zeroOf(field);
      return zero === undefined ? [] : [[field.name, zero] as const];
    }),
  };
}

function inlined(field: Field): readonly Field[] {
  return field.isInline && field.kind === 'message' ? field.message.fields.flatMap(inlined) : [field];
}

/** Undefined where JSON has nothing. A struct is no empty value to Go's encoder: it is there whatever it holds, unless it says `omitzero`. */
function zeroOf(field: Field): JsonForm['zeros'][number][1] | undefined {
  if (field.isPointer || field.omitsZero) return undefined;
  if (field.shape !== 'one' || field.kind === 'bytes' || field.kind === 'strings') return field.isKept ? null : undefined;
  switch (field.kind) {
    case 'message':
      return formOf(field.message);
    case 'time':
    case 'microTime':
      return null;
    case 'quantity':
      return '0';
    case 'intOrString':
      return 0;
    case 'string':
      return field.isKept ? '' : undefined;
    case 'bool':
      return field.isKept ? false : undefined;
    case 'int32':
    case 'int64':
    case 'double':
      return field.isKept ? 0 : undefined;
    default:
      return field.isKept ? null : undefined;
  }
}

function isEmptyCollection(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
