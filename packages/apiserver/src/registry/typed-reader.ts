/**
 * Reads objects of built-in kinds as the Go types do, by the OpenAPI documents: unknown fields go and are told, a value of a wrong type is
 * an error in the words of Go's decoder, quantities become canonical, and empty optional fields are left out as Go leaves them out.
 */
import { canonicalQuantity, GoDecodeError, isRecord, type JSONSchemaProps, type TypedSchema } from '@kubewright/api';

interface Place {
  /** As unknown fields are told: `spec.containers[0].nonsense`. */
  readonly path: string;
  /** The innermost struct and the fields that led here, as wrong types are told. */
  readonly struct: string;
  readonly fields: string;
}

/** @returns the paths of the fields that were dropped, in the order of the document @throws GoDecodeError */
export function readTyped(object: Record<string, unknown>, schema: TypedSchema, kind: string): string[] {
  const reader = new TypedReader(schema);
  reader.readStruct(object, schema.resolve(schema.root), { path: '', struct: kind, fields: '' });
  return reader.unknown;
}

/** Optional texts that are pointers in Go: empty is not the same as absent. */
const POINTER_TEXTS = new Set([
  'storageClassName', 'ingressClassName', 'runtimeClassName', 'appProtocol', 'apiGroup', 'volumeAttributesClassName', 'loadBalancerClass', 'trafficDistribution',
  'localhostProfile', 'holderIdentity', 'strategy', 'preferredHolder', 'nodeName', 'hostname', 'zone', 'service', 'type', 'namespace', 'fsType', 'volumeMode', 'unhealthyPodEvictionPolicy',
]);
/** Optional numbers and flags that are no pointers: their zero is the same as absent. */
const PLAIN_ZEROS = new Set([
  'hostNetwork', 'hostPID', 'hostIPC', 'stdin', 'stdinOnce', 'tty', 'readOnly', 'paused', 'publishNotReadyAddresses', 'unschedulable', 'minReadySeconds', 'hostPort', 'nodePort',
  'initialDelaySeconds', 'healthCheckNodePort', 'observedGeneration', 'count',
]);
/** Optional lists that Go writes even when they are empty. */
const KEPT_LISTS = new Set(['Role.rules', 'ClusterRole.rules']);
const POINTER_STATUS_NUMBERS = new Set(['collisionCount', 'ready', 'terminating', 'terminatingReplicas']);

class TypedReader {
  readonly unknown: string[] = [];

  constructor(private readonly schema: TypedSchema) {}

  readStruct(value: Record<string, unknown>, node: JSONSchemaProps, place: Place): void {
    const properties = node.properties ?? {};
    if (hasPlainTimes(place.struct)) for (const key in properties) if (isTime(properties[key]!) && value[key] === undefined) value[key] = null;
    for (const [key, item] of Object.entries(value)) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const path = place.path === '' ? key : `${place.path}.${key}`;
      if (!property) {
        delete value[key];
        this.unknown.push(path);
        continue;
      }
      const isRequired = node.required?.includes(key) ?? false;
      const read = this.#read(item, property, { path, struct: place.struct, fields: place.fields === '' ? key : `${place.fields}.${key}` });
      if (read === undefined && hasPlainTimes(place.struct) && isTime(property)) value[key] = null;
      else if (read === undefined || (!isRequired && isEmpty(read, key, property, this.schema.resolve(property), place.struct))) delete value[key];
      else value[key] = isRequired && Array.isArray(read) && read.length === 0 ? null : read;
    }
  }

  #read(value: unknown, property: JSONSchemaProps, place: Place): unknown {
    if (value === null || value === undefined) return undefined;
    const reference = property.$ref ?? property.allOf?.[0]?.$ref ?? '';
    const node = this.schema.resolve(property);
    if (reference.endsWith('.api.resource.Quantity')) return readQuantity(value);
    if (node['x-kubernetes-int-or-string'] || reference.endsWith('.util.intstr.IntOrString')) {
      if (typeof value === 'string' || isWhole(value)) return value;
      throw new GoDecodeError(`json: cannot unmarshal ${goKind(value)} into Go value of type ${typeof value === 'number' ? 'int32' : 'string'}`);
    }
    if (node['x-kubernetes-preserve-unknown-fields'] && !node.properties) return value;
    switch (node.type) {
      case 'object':
        return this.#readObject(value, node, reference, place);
      case 'array':
        return this.#readList(value, node, place);
      case 'string':
        if (typeof value !== 'string') return wrongType(value, 'string', place);
        if (node.format === 'byte') checkBase64(value);
        if (node.format === 'date-time') return readTime(value, reference.endsWith('MicroTime'));
        return value;
      case 'boolean':
        return typeof value === 'boolean' ? value : wrongType(value, 'bool', place);
      case 'integer':
        return isWhole(value) && fits(value, node.format) ? value : wrongType(value, node.format ?? 'int64', place);
      case 'number':
        return typeof value === 'number' || typeof value === 'bigint' ? value : wrongType(value, 'float64', place);
      default:
        return value;
    }
  }

  #readObject(value: unknown, node: JSONSchemaProps, reference: string, place: Place): unknown {
    const { additionalProperties } = node;
    if (node.properties || (!isRecord(additionalProperties) && reference !== '')) {
      if (!isRecord(value)) return wrongType(value, goType(reference, node, this.schema), place);
      if (node.properties) this.readStruct(value, node, { ...place, struct: structName(reference) || place.struct });
      return value;
    }
    if (!isRecord(value)) return wrongType(value, goType(reference, node, this.schema), place);
    if (!isRecord(additionalProperties)) return value;
    for (const [key, item] of Object.entries(value)) {
      const read = this.#read(item, additionalProperties, { ...place, path: `${place.path}.${key}` });
      value[key] = read ?? zeroOf(additionalProperties, this.schema);
    }
    return value;
  }

  #readList(value: unknown, node: JSONSchemaProps, place: Place): unknown {
    if (!Array.isArray(value)) return wrongType(value, goType('', node, this.schema), place);
    const items = node.items ?? {};
    return value.map((item, index) => this.#read(item, items, { ...place, path: `${place.path}[${index}]` }) ?? zeroOf(items, this.schema));
  }
}

/** Structs whose times are no pointers: Go writes null where there is none. */
function hasPlainTimes(struct: string): boolean {
  return struct.endsWith('Condition') || struct === 'ContainerStateRunning' || struct === 'ContainerStateTerminated';
}

function isTime(property: JSONSchemaProps): boolean {
  return (property.$ref ?? property.allOf?.[0]?.$ref ?? '').endsWith('.meta.v1.Time');
}

function isEmpty(value: unknown, key: string, property: JSONSchemaProps, node: JSONSchemaProps, struct: string): boolean {
  if (property.default !== undefined) return false;
  if (Array.isArray(value)) return value.length === 0 && !KEPT_LISTS.has(`${struct}.${key}`);
  if (value === '') return !POINTER_TEXTS.has(key);
  if (value === false) return PLAIN_ZEROS.has(key);
  if (value === 0) return PLAIN_ZEROS.has(key) || (struct.endsWith('Status') && !POINTER_STATUS_NUMBERS.has(key));
  return isRecord(value) && isRecord(node.additionalProperties) && Object.keys(value).length === 0;
}

function readQuantity(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') throw new GoDecodeError(QUANTITY_SHAPE);
  try {
    return canonicalQuantity(String(value));
  } catch {
    throw new GoDecodeError(QUANTITY_SHAPE);
  }
}

const QUANTITY_SHAPE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function readTime(value: string, isMicro: boolean): string | undefined {
  if (value === '') return undefined;
  const millis = Date.parse(value);
  if (Number.isNaN(millis) || !/^\d{4}-\d\d-\d\dT/.test(value)) {
    const layout = isMicro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    throw new GoDecodeError(`parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`);
  }
  if (isMicro) return /\.\d{6}Z$/.test(value) ? value : new Date(millis).toISOString().replace('Z', '000Z');
  return `${new Date(millis).toISOString().slice(0, 19)}Z`;
}

function checkBase64(value: string): void {
  const text = value.replace(/[\r\n]/g, '');
  const bad = /[^A-Za-z0-9+/=]/.exec(text);
  const at = bad ? bad.index : text.length % 4 === 0 ? -1 : text.length - (text.length % 4);
  if (at >= 0) throw new GoDecodeError(`illegal base64 data at input byte ${at}`);
}

function zeroOf(property: JSONSchemaProps, schema: TypedSchema): unknown {
  if ((property.$ref ?? property.allOf?.[0]?.$ref ?? '').endsWith('.api.resource.Quantity')) return '0';
  switch (schema.resolve(property).type) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'array':
      return null;
    default:
      return {};
  }
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function fits(value: number | bigint, format: string | undefined): boolean {
  return format !== 'int32' || (value >= -2147483648 && value <= 2147483647);
}

function wrongType(value: unknown, type: string, { struct, fields }: Place): never {
  const shown = typeof value === 'number' && type.startsWith('int') ? `number ${value}` : goKind(value);
  throw new GoDecodeError(`json: cannot unmarshal ${shown} into Go struct field ${struct}.${fields} of type ${type}`);
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `io.k8s.api.core.v1.Container` is `v1.Container` in Go. */
function goType(reference: string, node: JSONSchemaProps, schema: TypedSchema): string {
  if (reference !== '') return reference.split('/').pop()!.split('.').slice(-2).join('.');
  switch (node.type) {
    case 'array':
      return `[]${goTypeOf(node.items ?? {}, schema)}`;
    case 'object':
      return `map[string]${isRecord(node.additionalProperties) ? goTypeOf(node.additionalProperties, schema) : 'interface {}'}`;
    case 'integer':
      return node.format ?? 'int64';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    default:
      return node.format === 'byte' ? '[]uint8' : 'string';
  }
}

function goTypeOf(property: JSONSchemaProps, schema: TypedSchema): string {
  const reference = property.$ref ?? property.allOf?.[0]?.$ref ?? '';
  return goType(reference, schema.resolve(property), schema);
}

function structName(reference: string): string {
  return reference === '' ? '' : reference.split('.').pop()!;
}
