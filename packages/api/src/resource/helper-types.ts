/**
 * Types that a schema needs and TypeScript lacks. All are flavours: a plain literal is assignable without a cast, and at run time nothing
 * is left of them. The generator recognises them by name. `Time`, `Quantity` and the like are strings (or numbers) as JSON carries them.
 */
declare const flavour: unique symbol;
type Flavour<T, F> = T & { readonly [flavour]?: F };

export type Int = Flavour<number, 'int'>;
export type Int32 = Flavour<number, 'int32'>;
/** Digits above 2^53 are kept by the codec of this package but not by arithmetic. */
export type Int64 = Flavour<number, 'int64'>;
export type Float = Flavour<number, 'float'>;
export type Double = Flavour<number, 'double'>;

/** A resource quantity such as `400Mi` or `0.5`. */
export type Quantity = Flavour<string | number, 'quantity'>;
/** A number, or a string such as a port's name or `25%`. */
export type IntOrString = Flavour<string | number, 'int-or-string'>;
/** RFC 3339, seconds. */
export type Time = Flavour<string, 'date-time'>;
/** RFC 3339, exactly six fraction digits. */
export type MicroTime = Flavour<string, 'micro-time'>;
/** A Go duration such as `1h30m`; written as metav1.Duration, without a format. */
export type Duration = Flavour<string, 'duration'>;
/** Base64. */
export type Bytes = Flavour<string, 'byte'>;

export type Format<F extends string> = Flavour<string, { format: F }>;
/** A Go RE2 pattern, unanchored unless it says so. */
export type Pattern<P extends string> = Flavour<string, { pattern: P }>;
export type MinLength<N extends number> = Flavour<string, { minLength: N }>;
export type MaxLength<N extends number> = Flavour<string, { maxLength: N }>;
export type Min<N extends number> = Flavour<number, { minimum: N }>;
export type Max<N extends number> = Flavour<number, { maximum: N }>;

export type JSONValue = string | number | boolean | null | JSONValue[] | { [key: string]: JSONValue };
export type JSONObject = { [key: string]: JSONValue };
/** Typed in TypeScript, open in the CRD: unknown fields are preserved and nothing is validated. */
export type Opaque<T> = Flavour<T, 'opaque'>;
/** A complete object of another kind; the server checks its apiVersion, kind and metadata. */
export type EmbeddedResource<T = { apiVersion: string; kind: string; metadata?: object }> = Flavour<T, 'embedded-resource'>;
/** The part of metadata that a template of another object may carry. */
export interface EmbeddedObjectMeta {
  name?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

export type AtomicList<T> = Flavour<T[], 'atomic'>;
export type SetList<T> = Flavour<T[], 'set'>;
/** A list whose items are told apart by the fields `K`. */
export type MapList<T, K extends keyof T> = Flavour<T[], { keys: K }>;
/** Exactly one of the members of `T` is set. */
export type OneOf<T> = Flavour<Partial<T>, 'one-of'>;
