import { ApiError } from '@kubewright/api';
import type { TokenReview } from '@kubewright/api/authentication/v1';
import type { SubjectAccessReview } from '@kubewright/api/authorization/v1';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import { AccessReview } from './access-review.js';

type Review = TokenReview | SubjectAccessReview;

function setUp(answer: (kind: string, review: Review) => Review | Error | Promise<never> = allow) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const asked: string[] = [];
  const reviews: Review[] = [];
  const transport = new ScriptedTransport(async (request, _index, signal): Promise<ScriptedAnswer> => {
    const review = JSON.parse(Buffer.from(request.body!).toString()) as Review;
    expect([request.method, request.path, review.metadata]).toEqual(['POST', `/apis/${review.apiVersion}/${review.kind!.toLowerCase()}s`, {}]);
    asked.push(review.kind!);
    reviews.push(review);
    const answered = answer(review.kind!, review);
    if (answered instanceof Promise) return new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
    if (answered instanceof ApiError) return { status: answered.httpStatus, body: JSON.stringify(answered.status) };
    return answered instanceof Error ? answered : { status: 201, body: JSON.stringify(answered) };
  });
  const review = new AccessReview({ transport, clock, random: new SeededRandom(), log });
  const route = review.guard(async () => ({ status: 200, body: 'secret' }));
  const get = async (authorization?: string, path = '/metrics', method = 'GET') => {
    const answered = await route(new URL(path, 'http://localhost'), { method, headers: { ...(authorization && { authorization }) }, signal: new AbortController().signal });
    return answered!.status;
  };
  return { clock, log, asked, reviews, get };
}

function allow(kind: string, review: Review): Review {
  if (kind === 'TokenReview') return { ...review, status: { authenticated: true, user: { username: 'scraper', groups: ['g'], uid: 'u', extra: { a: ['b'] } } } } as TokenReview;
  return { ...review, status: { allowed: true } } as SubjectAccessReview;
}

const deny = (kind: string, review: Review): Review => (kind === 'TokenReview' ? allow(kind, review) : ({ ...review, status: { allowed: false } } as SubjectAccessReview));

describe('AccessReview', () => {
  it('#94 asks once for a token and once for its permission, with everything that is known of the user', async () => {
    const { asked, reviews, get } = setUp();
    expect([await get('Bearer abc'), await get('bearer abc')]).toEqual([200, 200]);
    expect(asked).toEqual(['TokenReview', 'SubjectAccessReview']);
    expect(reviews.map(({ spec }) => spec)).toEqual([
      { token: 'abc' },
      { user: 'scraper', groups: ['g'], uid: 'u', extra: { a: ['b'] }, nonResourceAttributes: { path: '/metrics', verb: 'get' } },
    ]);
    await get('Bearer abc', '/metrics', 'HEAD');
    expect(reviews.at(-1)?.spec).toMatchObject({ nonResourceAttributes: { verb: 'head' } });
  });

  it('#94 keeps a permission for five minutes, a refusal for thirty seconds, a token for one minute', async () => {
    const granted = setUp();
    await granted.get('Bearer abc');
    await granted.clock.advance(59_999);
    await granted.get('Bearer abc');
    expect(granted.asked).toHaveLength(2);
    await granted.clock.advance(1);
    await granted.get('Bearer abc');
    expect(granted.asked.slice(2)).toEqual(['TokenReview']);
    await granted.clock.advance(5 * 60_000 - 60_000);
    await granted.get('Bearer abc');
    expect(granted.asked.slice(3)).toEqual(['TokenReview', 'SubjectAccessReview']);

    const refused = setUp(deny);
    expect(await refused.get('Bearer abc')).toBe(403);
    await refused.clock.advance(29_999);
    expect(await refused.get('Bearer abc')).toBe(403);
    expect(refused.asked).toHaveLength(2);
    await refused.clock.advance(1);
    await refused.get('Bearer abc');
    expect(refused.asked.slice(2)).toEqual(['SubjectAccessReview']);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b'])('#94 knows nobody without a token: %s', async (header) => {
    const { asked, get } = setUp();
    expect(await get(header)).toBe(401);
    expect(asked).toEqual([]);
  });

  it('#94 takes a denial for one, whatever else the answer says', async () => {
    const { get } = setUp((kind, review) => (kind === 'TokenReview' ? allow(kind, review) : ({ ...review, status: { allowed: true, denied: true } } as SubjectAccessReview)));
    expect(await get('Bearer abc')).toBe(403);
    const silent = setUp((kind, review) => (kind === 'TokenReview' ? allow(kind, review) : review));
    expect(await silent.get('Bearer abc')).toBe(403);
  });

  it('#94 answers 401 to a token that the server does not know', async () => {
    const { get } = setUp((_kind, review) => ({ ...review, status: { authenticated: false, error: 'invalid bearer token' } }) as TokenReview);
    expect(await get('Bearer stolen')).toBe(401);
  });

  it.each(['TokenReview', 'SubjectAccessReview'])('#94 answers 500 where a %s can not be had, tells the log why, and remembers nothing', async (broken) => {
    let isDown = true;
    const { log, asked, get } = setUp((kind, review) => (kind === broken && isDown ? ApiError.of(403, 'Forbidden', 'no') : allow(kind, review)));
    expect(await get('Bearer abc')).toBe(500);
    expect(asked.filter((kind) => kind === broken)).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({ level: 'error', fields: { error: { reason: 'Forbidden' } } });
    expect(JSON.stringify(log.lines)).not.toContain('abc');
    isDown = false;
    expect(await get('Bearer abc')).toBe(200);
  });

  it('#94 asks a server that is down five times, and one that hangs for ten seconds', async () => {
    const down = setUp(() => new KubewrightError('KW_CONNECTION', 'refused'));
    const answer = down.get('Bearer abc');
    await down.clock.advance(10_000);
    expect(await answer).toBe(500);
    expect(down.asked).toHaveLength(5);
    const hanging = setUp(() => new Promise<never>(() => {}));
    let status: number | undefined;
    void hanging.get('Bearer abc').then((code) => (status = code));
    await hanging.clock.advance(9_999);
    expect(status).toBeUndefined();
    await hanging.clock.advance(1);
    expect(status).toBe(500);
    expect(hanging.clock.pending).toBe(0);
  });

  it('#94 asks once for many who come at the same time', async () => {
    const { asked, get } = setUp();
    expect(await Promise.all(Array.from({ length: 20 }, () => get('Bearer abc')))).toEqual(Array(20).fill(200));
    expect(asked).toEqual(['TokenReview', 'SubjectAccessReview']);
  });
});
