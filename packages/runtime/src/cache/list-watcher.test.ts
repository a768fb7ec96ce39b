import { isExpired, type ResourceKind } from '@kubewright/api';
import { FakeClock, ScriptedTransport, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { entryOf } from './entry.js';
import { TransportListWatcher, type Selection } from './list-watcher.js';

const kind: ResourceKind<never> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const { signal } = new AbortController();
const page = (from: number, count: number, version: string, next?: string): ScriptedAnswer => ({
  status: 200,
  body: JSON.stringify({ metadata: { resourceVersion: version, continue: next }, items: Array.from({ length: count }, (_, index) => ({ metadata: { name: `w${from + index}` } })) }),
});
const expired: ScriptedAnswer = { status: 410, body: JSON.stringify({ kind: 'Status', reason: 'Expired', code: 410, message: 'continue token expired' }) };

function harness(answer: (request: TransportRequest, index: number) => ScriptedAnswer, selection: Selection = {}) {
  const transport = new ScriptedTransport(answer);
  return { watcher: new TransportListWatcher({ transport, kind, selection, toEntry: entryOf, clock: new FakeClock() }), paths: () => transport.requests.map(({ path }) => path) };
}

describe('TransportListWatcher', () => {
  it('#53 lists page by page and fills in the types', async () => {
    const test = harness((_request, index) => (index === 0 ? page(0, 500, '7', 'more') : page(500, 3, '7')), { namespace: 'default', labels: { a: 'b' } });
    const { entries, resourceVersion } = await test.watcher.list('0', signal);
    expect([entries.length, resourceVersion]).toEqual([503, '7']);
    expect(entries[502]!.object()).toMatchObject({ apiVersion: 'demo/v1', kind: 'Widget', metadata: { name: 'w502' } });
    expect(test.paths()).toEqual([
      '/apis/demo/v1/namespaces/default/widgets?labelSelector=a%3Db&limit=500&resourceVersion=0',
      '/apis/demo/v1/namespaces/default/widgets?labelSelector=a%3Db&limit=500&continue=more',
    ]);
  });

  it('#50 takes the list in one piece when the server forgets its version half-way, and never half of it', async () => {
    const test = harness((_request, index) => [page(0, 500, '7', 'a'), page(500, 500, '7', 'b'), expired, page(0, 1200, '9')][index]!);
    const { entries, resourceVersion } = await test.watcher.list('', signal);
    expect([entries.length, new Set(entries.map(({ name }) => name)).size, resourceVersion]).toEqual([1200, 1200, '9']);
    expect(test.paths()[3]).toBe('/apis/demo/v1/widgets');
    await expect(harness(() => expired).watcher.list('', signal)).rejects.toSatisfy(isExpired);
  });

  it('#51 asks for no pages beside a version, and takes any size of page', async () => {
    const test = harness(() => page(0, 5_000, '9'));
    expect((await test.watcher.list('8', signal)).entries).toHaveLength(5_000);
    expect(test.paths()).toEqual(['/apis/demo/v1/widgets?resourceVersion=8']);
  });

  it('#52 takes null for no items, and does not need a count of what remains', async () => {
    expect(await harness(() => ({ status: 200, body: '{"metadata":{"resourceVersion":"3"},"items":null}' })).watcher.list('0', signal)).toEqual({ entries: [], resourceVersion: '3' });
  });

  it('opens watches with bookmarks, and with the initial events when asked for', async () => {
    const test = harness(() => ({ status: 200, body: '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n' }));
    for (const sendInitialEvents of [false, true]) {
      for await (const frames of test.watcher.watch({ resourceVersion: '7', timeoutSeconds: 400, sendInitialEvents }, signal)) expect(frames).toMatchObject([{ type: 'ADDED', object: { key: 'a' } }]);
    }
    expect(test.paths()).toEqual([
      '/apis/demo/v1/widgets?resourceVersion=7&watch=true&allowWatchBookmarks=true&timeoutSeconds=400',
      '/apis/demo/v1/widgets?resourceVersion=7&resourceVersionMatch=NotOlderThan&watch=true&allowWatchBookmarks=true&timeoutSeconds=400&sendInitialEvents=true',
    ]);
  });
});
