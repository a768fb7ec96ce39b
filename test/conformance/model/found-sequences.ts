import type { ModelKind, ModelRequest } from './expected.js';
import { deployment, service, widget } from './kinds.js';
import type { JsonMap } from './shape.js';

/** Sequences in which the server and the rules once disagreed; what it was stands in the name. */
export interface FoundSequence {
  readonly name: string;
  readonly kind: ModelKind;
  readonly requests: readonly ModelRequest[];
}

const write = { manager: 'a', subresource: '', uid: 'none', version: 'none', dryRun: false } as const;
const apply = (content: JsonMap, more: Partial<ModelRequest> = {}): ModelRequest => ({ ...write, verb: 'apply', content, force: false, ...more }) as ModelRequest;
const request = (verb: ModelRequest['verb'], content: JsonMap, more: Partial<ModelRequest> = {}): ModelRequest => ({ ...write, verb, content, ...more }) as ModelRequest;
const portsOf = (...ports: JsonMap[]): JsonMap => deployment.fill!({ spec: { template: { spec: { containers: [{ name: 'a', ports }] } } } });

export const foundSequences: readonly FoundSequence[] = [
  {
    name: 'a configuration that speaks of the status, which it can not write, changes the merged object: its manager gets a time',
    kind: widget,
    requests: [apply({ spec: {} }), apply({ spec: {}, status: {} }, { manager: 'c' })],
  },
  {
    name: 'a configuration of the status that speaks of metadata or another uid gets a time as well, and owns only the status',
    kind: widget,
    requests: [
      apply({ spec: {} }), apply({ status: {} }, { manager: 'c', subresource: 'status' }), apply({ status: {} }, { subresource: 'status', uid: 'other' }),
      apply({ metadata: { labels: { a: 'b' } }, status: {}, spec: { size: 1 } }, { manager: 'b', subresource: 'status' }),
    ],
  },
  {
    name: 'an apply of the status that changes nothing that is stored is no write, whatever it says beside',
    kind: widget,
    requests: [
      apply({ spec: {} }), apply({ status: {} }, { subresource: 'status' }),
      apply({ metadata: { annotations: {} }, status: {} }, { subresource: 'status', dryRun: true }), apply({ metadata: { annotations: {} }, status: {} }, { subresource: 'status' }),
    ],
  },
  {
    name: 'a PUT that makes an object fails by the precondition of a uid',
    kind: service,
    requests: [request('update', service.fill!({ spec: {} }), { uid: 'live' }), request('update', service.fill!({ spec: {} }))],
  },
  {
    name: 'two ports of a container have no name in common',
    kind: deployment,
    requests: [request('create', portsOf({ containerPort: 1, name: 'a' }, { containerPort: 2, name: 'a' })), request('create', portsOf({ containerPort: 1, name: 'a' }, { containerPort: 2, name: 'b' }))],
  },
];
