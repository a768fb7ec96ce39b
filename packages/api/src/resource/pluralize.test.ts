import { expect, it } from 'vitest';

import { pluralize } from './pluralize.js';

it.each([
  ['widget', 'widgets'], ['prometheus', 'prometheuses'], ['prometheusagent', 'prometheusagents'], ['probe', 'probes'], ['thanosruler', 'thanosrulers'],
  ['policy', 'policies'], ['networkpolicy', 'networkpolicies'], ['proxy', 'proxies'], ['gateway', 'gateways'], ['registry', 'registries'], ['ingress', 'ingresses'],
  ['storageclass', 'storageclasses'], ['status', 'statuses'], ['bus', 'buses'], ['redis', 'redis'], ['endpoints', 'endpoints'], ['metrics', 'metrics'], ['kubernetes', 'kubernetes'],
  ['clusterindex', 'clusterindices'], ['matrix', 'matrices'], ['box', 'boxes'], ['branch', 'branches'], ['mesh', 'meshes'], ['hello', 'hellos'], ['portfolio', 'portfolios'], ['hero', 'heroes'],
  ['database', 'databases'], ['cache', 'caches'], ['service', 'services'], ['schema', 'schemas'], ['quota', 'quotas'], ['lambda', 'lambda'], ['metadata', 'metadata'], ['person', 'people'],
  ['shelf', 'shelves'], ['leaf', 'leaves'], ['proof', 'proofs'], ['child', 'children'], ['series', 'series'], ['news', 'news'], ['analysis', 'analyses'], ['topology', 'topologies'], ['queue', 'queues'],
  ['alias', 'aliases'], ['replica', 'replicas'], ['address', 'addresses'], ['quiz', 'quizzes'], ['alertmanager', 'alertmanagers'],
])('the plural of %s is %s', (word, plural) => {
  expect(pluralize(word)).toBe(plural);
});
