import { ApiError, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, ScriptedTransport, type ScriptedAnswer } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { hasCode, KubewrightError } from '../errors/kubewright-error.js';
import { DirectClient } from './direct-client.js';
import { conditionIs, isGone, waitFor, type WaitCondition } from './wait-for.js';

interface Widget extends KubeObject {
  status?: { conditions?: { type: string; status: string; observedGeneration?: number }[] };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const name = { namespace: 'default', name: 'a' };
const widget = (version: string, status?: string, observedGeneration = 2): Widget => ({
  apiVersion: 'demo/v1', kind: 'Widget', metadata: { ...name, resourceVersion: version, generation: 2 }, ...(status && { status: { conditions: [{ type: 'Ready', status, observedGeneration }] } }),
});
const list = (...items: Widget[]): ScriptedAnswer => ({ status: 200, body: JSON.stringify({ metadata: { resourceVersion: '5' }, items }) });
const watch = (...frames: [string, object][]): ScriptedAnswer => ({ status: 200, body: frames.map(([type, object]) => `${JSON.stringify({ type, object })}\n`).join('') });
const silent = (signal: AbortSignal | undefined): ScriptedAnswer => ({
  status: 200,
  body: (async function* (): AsyncGenerator<Uint8Array> {
    await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error), { once: true }));
    yield Buffer.from('');
  })(),
});

function harness(condition: WaitCondition<Widget>, answers: (ScriptedAnswer | 'silent')[], options: { timeout?: number; signal?: AbortSignal } = {}) {
  const clock = new FakeClock();
  const transport = new ScriptedTransport((_request, index, signal) => {
    const answer = answers[Math.min(index, answers.length - 1)]!;
    return answer === 'silent' ? silent(signal) : answer;
  });
  const outcome = waitFor(new DirectClient(transport), Widget, name, condition, { clock, ...options });
  outcome.catch(() => {});
  return { clock, outcome, paths: () => transport.requests.map(({ path }) => path.split('/').at(-1)) };
}

it('reads first and watches on from there, until the condition holds', async () => {
  const test = harness(conditionIs('Ready'), [list(widget('4')), watch(['MODIFIED', widget('6', 'False')], ['BOOKMARK', { metadata: { resourceVersion: '7' } }], ['MODIFIED', widget('8', 'True')])]);
  expect(await test.outcome).toEqual(widget('8', 'True'));
  expect(test.paths()).toEqual(['widgets?fieldSelector=metadata.name%3Da', 'widgets?fieldSelector=metadata.name%3Da&resourceVersion=5&watch=true&allowWatchBookmarks=true']);
  expect(test.clock.pending).toBe(0);
});

it('sees at once what is so already, and that an object is not there', async () => {
  expect(await harness(conditionIs('Ready', 'False'), [list(widget('4', 'False'))]).outcome).toEqual(widget('4', 'False'));
  expect(await harness(isGone, [list()]).outcome).toBeUndefined();
  expect(await harness(isGone, [list(widget('4')), watch(['DELETED', widget('6')])]).outcome).toBeUndefined();
});

it('goes on after what may pass: ends, cuts, 410, 503, a kind that is not there yet', async () => {
  const expired = watch(['ERROR', ApiError.of(410, 'Expired', 'old').status]);
  const missing: ScriptedAnswer = { status: 404, body: '404 page not found' };
  const test = harness(conditionIs('Ready'), [missing, list(), watch(), list(), expired, { status: 503 }, new KubewrightError('KW_CONNECTION', 'refused'), list(widget('9', 'True'))]);
  await test.clock.advance(10_000);
  expect(await test.outcome).toEqual(widget('9', 'True'));
});

it('gives up on what trying again can not help', async () => {
  await expect(harness(isGone, [{ status: 403, body: JSON.stringify(ApiError.of(403, 'Forbidden', 'not you').status) }]).outcome).rejects.toThrow('not you');
  await expect(harness(() => { throw new Error('mine'); }, [list()]).outcome).rejects.toThrow('mine');
});

it.each<[string, Widget[], string]>([
  ['no object', [], 'Widget default/a: waited 100 ms; there is no such object'],
  ['no condition', [widget('4')], 'it has no condition Ready'],
  ['another status', [widget('4', 'False')], 'its condition Ready is False'],
  ['an old generation', [widget('4', 'True', 1)], 'its condition Ready is about generation 1 of 2'],
])('says at the end of its patience what is missing: %s', async (_what, items, text) => {
  const test = harness(conditionIs('Ready'), [list(...items), 'silent'], { timeout: 100 });
  await test.clock.advance(100);
  await expect(test.outcome).rejects.toSatisfy((error) => hasCode(error, 'KW_WAIT_TIMEOUT') && error.message.includes(text));
  expect(test.clock.pending).toBe(0);
});

it('ends by the reason of the signal', async () => {
  const stop = new AbortController();
  const test = harness(isGone, [list(widget('4')), 'silent'], { signal: stop.signal });
  await test.clock.advance(1);
  stop.abort(new Error('enough'));
  await expect(test.outcome).rejects.toThrow('enough');
  expect(test.clock.pending).toBe(0);
});
