import { notAcceptable } from '@kubewright/api';

/** How values become bytes. */
export type Encoding = 'json' | 'yaml' | 'protobuf';

/** How an answer is to look. */
export interface OutputFormat {
  readonly encoding: Encoding;
  /** Another view of the objects than their own. */
  readonly view: OutputView | undefined;
  readonly pretty: boolean;
}

/** `as=Table;v=v1;g=meta.k8s.io` and its kin. */
export interface OutputView {
  readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly version: 'v1' | 'v1beta1';
}

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What errors say is accepted; protobuf is in the list for custom resources as well, as on the real server. */
export const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF];
export const ACCEPTED_STREAMS = ['application/json;stream=watch', `${PROTOBUF};stream=watch`];

interface Clause {
  readonly type: string;
  readonly quality: number;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Chooses from the Accept header.
 * @param views whether tables and metadata can be had
 * @param isBuiltin whether the objects have a protobuf form; the metadata of custom resources has one, too @throws ApiError NotAcceptable
 */
export function negotiate(accept: string, pretty: boolean, views: boolean, isBuiltin: boolean): OutputFormat {
  const clauses = parseAccept(accept);
  for (const { type, parameters } of clauses) {
    const encoding = encodingOf(type);
    if (!encoding) continue;
    const view = viewOf(parameters);
    if (view === 'unknown' || (view && !views) || (encoding === 'protobuf' && !hasProtobuf(view, isBuiltin))) continue;
    return { encoding, view, pretty: pretty || parameters.pretty === '1' || parameters.pretty === 'true' };
  }
  throw notAcceptable(ACCEPTED);
}

/** As {@link negotiate}, for watches, which have no form in YAML. @throws ApiError NotAcceptable */
export function negotiateStream(accept: string, isBuiltin: boolean): OutputFormat {
  for (const { type, parameters } of parseAccept(accept)) {
    const encoding = encodingOf(type);
    if (!encoding || encoding === 'yaml') continue;
    const view = viewOf(parameters);
    if (view !== 'unknown' && (encoding !== 'protobuf' || hasProtobuf(view, isBuiltin))) return { encoding, view, pretty: false };
  }
  throw notAcceptable(ACCEPTED_STREAMS);
}

/** Tables have no protobuf form. */
function hasProtobuf(view: OutputView | undefined, isBuiltin: boolean): boolean {
  return view ? view.kind !== 'Table' : isBuiltin;
}

/** For errors: what was asked for if that is possible, else JSON. */
export function negotiateError(accept: string): OutputFormat {
  const first = parseAccept(accept).find(({ type }) => encodingOf(type));
  return { encoding: (first && encodingOf(first.type)) ?? 'json', view: undefined, pretty: false };
}

/** The media type of a Content-Type header without its parameters; undefined for one that does not parse. */
export function mediaTypeOf(contentType: string): string | undefined {
  const type = contentType.split(';')[0]!.trim();
  return /^[^\s/]+\/[^\s/]+$/.test(type) ? type.toLowerCase() : undefined;
}

function encodingOf(type: string): Encoding | undefined {
  if (type === '*/*' || type === 'application/*' || type === 'application/json') return 'json';
  if (type === PROTOBUF) return 'protobuf';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

function viewOf(parameters: Readonly<Record<string, string>>): OutputView | 'unknown' | undefined {
  const { as: kind, v: version, g: group } = parameters;
  if (kind === undefined) return undefined;
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return 'unknown';
  return kind === 'Table' || kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList' ? { kind, version } : 'unknown';
}

function parseAccept(accept: string): Clause[] {
  if (accept.trim() === '') return [{ type: '*/*', quality: 1, parameters: {} }];
  const clauses = accept.split(',').flatMap((text): Clause[] => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    if (type === '') return [];
    const parameters = Object.fromEntries(rest.filter((part) => part.includes('=')).map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }));
    return [{ type: type === '*' ? '*/*' : type.toLowerCase(), quality: Number(parameters.q ?? 1) || 0, parameters }];
  });
  return clauses.map((clause, index) => ({ clause, index })).sort((a, b) => b.clause.quality - a.clause.quality || a.index - b.index).map(({ clause }) => clause);
}
