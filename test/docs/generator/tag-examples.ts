/** One file for each tag, as a user writes it. The pages show them beside the schemas that come out. Keys are in the order of the index. */
export const TAG_EXAMPLES: Readonly<Record<string, string>> = {
  minimum: `export interface Spec {
  /** @minimum 1 */
  replicas?: Int32;
}`,
  maximum: `export interface Spec {
  /** @maximum 65535 */
  port?: Int32;
  /** @items.maximum 100 */
  weights?: Int32[];
}`,
  exclusiveMinimum: `export interface Spec {
  /** @exclusiveMinimum 0 */
  ratio?: Float;
}`,
  exclusiveMaximum: `export interface Spec {
  /**
   * @maximum 1
   * @exclusiveMaximum
   */
  ratio?: Float;
}`,
  multipleOf: `export interface Spec {
  /** @multipleOf 5 */
  percent?: Int32;
}`,
  minLength: `export interface Spec {
  /** @minLength 1 */
  name: string;
}`,
  maxLength: `export interface Spec {
  /** @items.maxLength 63 */
  hosts?: string[];
}`,
  pattern: `export interface Spec {
  /** @pattern ^[a-z]([-a-z0-9]*[a-z0-9])?$ */
  name: string;
}`,
  minItems: `export interface Spec {
  /** @minItems 1 */
  hosts: string[];
}`,
  maxItems: `export interface Spec {
  /** @maxItems 16 */
  hosts?: string[];
}`,
  uniqueItems: `export interface Spec {
  /** @uniqueItems true */
  hosts?: string[];
}`,
  minProperties: `export interface Spec {
  /** @minProperties 1 */
  labels?: Record<string, string>;
}`,
  maxProperties: `export interface Spec {
  /** @maxProperties 8 */
  labels?: Record<string, string>;
}`,
  format: `export interface Spec {
  /** @format uuid */
  id?: string;
}`,
  type: `interface Money { amount: number; currency: string }
export interface Spec {
  /** @type string */
  price?: Money;
}`,
  default: `export interface Spec {
  /** @default 30s */
  interval?: string;
  /** @default {"enabled": true} */
  tls?: { enabled?: boolean };
}`,
  example: `export interface Spec {
  /** @example registry.example.com/app:v1 */
  image?: string;
}`,
  title: `export interface Spec {
  /** @title Container image */
  image?: string;
}`,
  externalDocs: `export interface Spec {
  /** @externalDocs https://example.com/images How images are named */
  image?: string;
}`,
  listType: `export interface Spec {
  /** @listType set */
  hosts?: string[];
}`,
  listMapKey: `interface Port { port: Int32; protocol: string; name?: string }
export interface Spec {
  /**
   * @listMapKey port
   * @listMapKey protocol
   */
  ports?: Port[];
}`,
  mapType: `export interface Spec {
  /** @mapType atomic */
  selector?: Record<string, string>;
}`,
  structType: `/** @structType atomic */
interface Reference { name: string; namespace?: string }
export interface Spec {
  target?: Reference;
}`,
  preserveUnknownFields: `/** @preserveUnknownFields */
interface Values { replicas?: Int32 }
export interface Spec {
  values?: Values;
}`,
  embeddedResource: `export interface Spec {
  /**
   * @embeddedResource
   * @preserveUnknownFields
   */
  template?: { apiVersion: string; kind: string };
}`,
  validation: `export interface Spec {
  /**
   * @maxLength 63
   * @validation {"rule": "self.startsWith('x-')", "message": "must start with x-", "reason": "FieldValueInvalid"}
   */
  header?: string;
}`,
  immutable: `export interface Spec {
  /**
   * @immutable
   * @maxLength 63
   */
  region?: string;
}`,
  ignore: `export class Spec {
  size!: Int32;
  /** @ignore */
  parsed?: Map<string, string>;
}`,
  optional: `export class Spec {
  /** @optional */
  size!: Int32;
}`,
  required: `export interface Spec {
  /** @required */
  size?: Int32;
}`,
  union: `interface File { kind: 'file'; mode: 'read'; path: string }
interface Url { kind: 'url'; mode: 'stream'; url: string }
/** @union kind */
type Source = File | Url;
export interface Spec {
  source?: Source;
}`,
  maxDepth: `interface Route { receiver: string; routes?: Route[] }
export interface Spec {
  /** @maxDepth 2 */
  route?: Route;
}`,
  schema: `export interface Spec {
  /** @schema {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]} */
  choice?: { a?: string; b?: string };
}`,
};
