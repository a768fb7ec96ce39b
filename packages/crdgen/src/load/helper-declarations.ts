/**
 * `@kubewright/api` as the type checker of the generator sees it, whatever is installed. Every helper type is an intersection, because only
 * then does the checker remember its name.
 */
export const HELPER_DECLARATIONS = `
declare const flavour: unique symbol;
type Flavour<T, F> = T & { readonly [flavour]?: F };
${['Int', 'Int32', 'Int64', 'Float', 'Double'].map((name) => `export type ${name} = Flavour<number, '${name}'>;`).join('\n')}
${['Time', 'MicroTime', 'Duration', 'Bytes'].map((name) => `export type ${name} = Flavour<string, '${name}'>;`).join('\n')}
${['Quantity', 'IntOrString'].map((name) => `export type ${name} = Flavour<string | number, '${name}'>;`).join('\n')}
export type Format<F extends string> = Flavour<string, { format: F }>;
export type Pattern<P extends string> = Flavour<string, { pattern: P }>;
export type MinLength<N extends number> = Flavour<string, { minLength: N }>;
export type MaxLength<N extends number> = Flavour<string, { maxLength: N }>;
export type Min<N extends number> = Flavour<number, { minimum: N }>;
export type Max<N extends number> = Flavour<number, { maximum: N }>;
export type JSONValue = string | number | boolean | null | JSONValue[] | { [key: string]: JSONValue };
export type JSONObject = { [key: string]: JSONValue };
export type Opaque<T> = Flavour<T, 'opaque'>;
export type EmbeddedResource<T = { apiVersion: string; kind: string; metadata?: object }> = Flavour<T, 'embedded-resource'>;
export interface EmbeddedObjectMeta { name?: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] }
export type AtomicList<T> = Flavour<T[], 'atomic'>;
export type SetList<T> = Flavour<T[], 'set'>;
export type MapList<T, K extends keyof T> = Flavour<T[], { keys: K }>;
export type OneOf<T> = Flavour<Partial<T>, 'one-of'>;
export interface ObjectMeta { name?: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
export interface Condition { type: string; status: string; reason: string; message: string; lastTransitionTime: string; observedGeneration?: Int64 }
export interface LabelSelector { matchLabels?: Record<string, string>; matchExpressions?: { key: string; operator: string; values?: string[] }[] }
export declare function CustomResource(options: unknown): any;
export declare function Rule(...args: unknown[]): any;
export declare function Rbac(...args: unknown[]): any;
`;
