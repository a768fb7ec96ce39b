/** Where things are in the bytes of an object, as servers write them; ends are exclusive, and equal to the start where there is nothing. */
export interface ObjectLayout {
  metadataStart: number;
  metadataEnd: number;
  /** `metadata.managedFields` with one of its commas. */
  managedStart: number;
  managedEnd: number;
  /** Values of members of metadata; texts without their quotation marks. */
  nameStart: number;
  nameEnd: number;
  namespaceStart: number;
  namespaceEnd: number;
  uidStart: number;
  uidEnd: number;
  versionStart: number;
  versionEnd: number;
  ownersStart: number;
  ownersEnd: number;
  generation: number;
  /** Whether name, namespace, uid and version are plain ASCII without escapes, as nearly always. */
  isPlain: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const METADATA = Buffer.from('metadata');
const MANAGED_FIELDS = Buffer.from('managedFields');
const NAME = Buffer.from('name');
const NAMESPACE = Buffer.from('namespace');
const UID = Buffer.from('uid');
const RESOURCE_VERSION = Buffer.from('resourceVersion');
const GENERATION = Buffer.from('generation');
const OWNER_REFERENCES = Buffer.from('ownerReferences');

/** One for all: who asks takes what it needs before anybody asks again. */
const layout: ObjectLayout = {
  metadataStart: 0, metadataEnd: 0, managedStart: 0, managedEnd: 0, nameStart: 0, nameEnd: 0, namespaceStart: 0, namespaceEnd: 0,
  uidStart: 0, uidEnd: 0, versionStart: 0, versionEnd: 0, ownersStart: 0, ownersEnd: 0, generation: 0, isPlain: true,
};

/**
 * Finds metadata and what caches need of it without parsing; members of the object that come after metadata are never looked at. The result
 * is overwritten by the next call. Undefined for bytes that are not written as servers do, without a space: then only a parser can tell.
 */
export function layoutOf(bytes: Uint8Array): Readonly<ObjectLayout> | undefined {
  const start = metadataOf(bytes);
  return start >= 0 && readMetadata(bytes, start) ? layout : undefined;
}

/** Where the value of `metadata` begins; -1 when there is none that is an object. */
function metadataOf(bytes: Uint8Array): number {
  if (bytes[0] !== OPEN_BRACE) return -1;
  for (let at = 1; ; at++) {
    if (bytes[at] !== QUOTE) return -1;
    const key = at + 1;
    const afterKey = endOfString(bytes, at);
    if (afterKey < 0 || bytes[afterKey] !== COLON) return -1;
    if (isKey(bytes, key, afterKey - 1, METADATA)) return bytes[afterKey + 1] === OPEN_BRACE ? afterKey + 1 : -1;
    at = endOfValue(bytes, afterKey + 1);
    if (at < 0 || bytes[at] !== COMMA) return -1;
  }
}

/** Fills the layout. False when something is unusual. */
function readMetadata(bytes: Uint8Array, open: number): boolean {
  layout.metadataStart = open;
  layout.managedStart = layout.managedEnd = layout.nameStart = layout.nameEnd = layout.namespaceStart = layout.namespaceEnd = 0;
  layout.uidStart = layout.uidEnd = layout.versionStart = layout.versionEnd = layout.ownersStart = layout.ownersEnd = 0;
  layout.generation = 0;
  layout.isPlain = true;
  if (bytes[open + 1] === CLOSE_BRACE) {
    layout.metadataEnd = open + 2;
    return true;
  }
  for (let at = open + 1; ; at++) {
    if (bytes[at] !== QUOTE) return false;
    const keyStart = at + 1;
    const afterKey = endOfString(bytes, at);
    if (afterKey < 0 || bytes[afterKey] !== COLON) return false;
    const value = afterKey + 1;
    at = endOfValue(bytes, value);
    if (at < 0) return false;
    const next = bytes[at];
    if (next !== COMMA && next !== CLOSE_BRACE) return false;
    note(bytes, keyStart, afterKey - 1, value, at);
    if (next === CLOSE_BRACE) {
      layout.metadataEnd = at + 1;
      return true;
    }
  }
}

/** Writes down a member of metadata, when it is one of those that count. A key that comes twice counts as it does for a parser: the last one. */
function note(bytes: Uint8Array, keyStart: number, keyEnd: number, start: number, end: number): void {
  switch (keyEnd - keyStart) {
    case 3:
      if (isKey(bytes, keyStart, keyEnd, UID) && isText(bytes, start, end)) [layout.uidStart, layout.uidEnd] = [start + 1, end - 1];
      break;
    case 4:
      if (isKey(bytes, keyStart, keyEnd, NAME) && isText(bytes, start, end)) [layout.nameStart, layout.nameEnd] = [start + 1, end - 1];
      break;
    case 9:
      if (isKey(bytes, keyStart, keyEnd, NAMESPACE) && isText(bytes, start, end)) [layout.namespaceStart, layout.namespaceEnd] = [start + 1, end - 1];
      break;
    case 10:
      if (isKey(bytes, keyStart, keyEnd, GENERATION)) layout.generation = numberAt(bytes, start, end);
      break;
    case 13:
      if (isKey(bytes, keyStart, keyEnd, MANAGED_FIELDS)) {
        // With the comma before it, or the one behind when it is the first.
        const isFirst = bytes[keyStart - 2] !== COMMA;
        layout.managedStart = isFirst ? keyStart - 1 : keyStart - 2;
        layout.managedEnd = isFirst && bytes[end] === COMMA ? end + 1 : end;
      }
      break;
    case 15:
      if (isKey(bytes, keyStart, keyEnd, RESOURCE_VERSION)) {
        if (isText(bytes, start, end)) [layout.versionStart, layout.versionEnd] = [start + 1, end - 1];
      } else if (isKey(bytes, keyStart, keyEnd, OWNER_REFERENCES)) [layout.ownersStart, layout.ownersEnd] = [start, end];
      break;
    default:
  }
}

/** Whether the value is a text; notes one that needs a parser. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== QUOTE) {
    layout.isPlain = false; // null, or something odd
    return false;
  }
  for (let at = start + 1; at < end - 1; at++) if (bytes[at]! >= 0x80 || bytes[at] === BACKSLASH) layout.isPlain = false;
  return true;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) {
      layout.isPlain = false;
      return 0;
    }
    value = value * 10 + digit;
  }
  return value;
}

function isKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  if (end - start !== key.length) return false;
  for (let index = 0; index < key.length; index++) if (bytes[start + index] !== key[index]) return false;
  return true;
}

/** One past the last byte of the value that begins at `at`; -1 when the bytes end before. */
function endOfValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const length = bytes.length;
  if (first === QUOTE) return endOfString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    let depth = 0;
    for (; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        for (at++; at < length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
    }
    return -1;
  }
  for (; at < length; at++) if (bytes[at] === COMMA || bytes[at] === CLOSE_BRACE) return at;
  return -1;
}

/** One past the closing quotation mark; -1 when there is none. */
function endOfString(bytes: Uint8Array, open: number): number {
  const length = bytes.length;
  for (let at = open + 1; at < length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}
