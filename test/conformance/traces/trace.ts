/**
 * @module traces: scripted requests with what a real kube-apiserver 1.36 answered, asked again of this server. trace.ts is their form, run-trace.ts
 * asks, normaliser.ts names what changes from run to run, grade.ts compares. The recordings stand packed in test/fixtures/traces.
 */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** A JSON object whose members are looked at one by one. */
export type Json = Record<string, unknown>;

/** One HTTP request of a trace. */
export interface TraceRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as?: string;
  readonly asGroups?: string | readonly string[];
  /** In place of the administrator's certificate; '' sends no credentials. */
  readonly token?: string;
}

/** `a.b.0.c`, or its parts where they have dots themselves. */
export type Where = string | readonly string[];

/** One step: one of the first group, with how it is looked at. */
export interface TraceStep {
  readonly request?: TraceRequest;
  readonly watch?: { readonly id: string } & TraceRequest;
  readonly collect?: { readonly id: string; readonly count?: number; readonly timeoutMs?: number; readonly ended?: boolean };
  readonly kubectl?: readonly string[] | { readonly args: readonly string[]; readonly stdin?: string; readonly timeoutMs?: number };
  readonly webhookCalls?: unknown;
  readonly routes?: Readonly<Record<string, WebhookRoute>>;
  readonly sleepMs?: number;

  readonly about?: string;
  readonly until?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  readonly capture?: Readonly<Record<string, Where>>;
  readonly show?: 'type' | 'status' | readonly string[];
  readonly keep?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  readonly sort?: Readonly<Record<string, Where>>;
  readonly ignore?: readonly string[];
  readonly expect: Json;
}

/** What a scripted webhook answers on one path. */
export interface WebhookRoute {
  readonly http?: number;
  readonly delayMs?: number;
  readonly response?: Json;
  readonly patch?: unknown;
  readonly raw?: string;
  readonly fail?: string;
  readonly first?: number;
  readonly rename?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly set?: Readonly<Record<string, unknown>>;
}

/** One scenario, in a namespace and a group of its own. */
export interface Trace {
  readonly name: string;
  readonly namespace?: boolean;
  readonly serviceAccount?: boolean | 'create';
  readonly webhook?: Readonly<Record<string, WebhookRoute>>;
  readonly usesCa?: boolean;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  readonly ignore?: readonly string[];
  readonly steps: readonly TraceStep[];
}

/** All scenarios of a group. */
export function loadTraces(group: string): readonly Trace[] {
  const packed = readFileSync(new URL(`../../fixtures/traces/${group}.json.br`, import.meta.url));
  return JSON.parse(brotliDecompressSync(packed).toString('utf8')) as Trace[];
}

/** Whether a scenario runs kubectl. */
export function usesKubectl(trace: Trace): boolean {
  return trace.steps.some(({ kubectl }) => kubectl !== undefined);
}

/** Replaces `${name}` by the variable of that name, in keys too. A text that is nothing but one variable becomes its value. */
export function fillIn<T>(value: T, variables: Readonly<Record<string, unknown>>): T {
  return filled(value, variables) as T;
}

function filled(value: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const only = /^\$\{(\w+)\}$/.exec(value)?.[1];
    if (only !== undefined && only in variables) return variables[only];
    return value.replace(/\$\{(\w+)\}/g, (text, name: string) => (name in variables ? String(variables[name]) : text));
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [filled(key, variables), filled(item, variables)]));
}

/** The value at a place; undefined when the way there ends before it. */
export function valueAt(value: unknown, where: Where): unknown {
  const steps = typeof where === 'string' ? where.split('.') : where;
  return steps.reduce<unknown>((at, step) => (at === null || at === undefined ? undefined : (at as Json)[step]), value);
}

/** Whether a value has members. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
