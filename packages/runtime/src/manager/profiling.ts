import type { Session } from 'node:inspector/promises';

import type { Clock } from '@kubewright/platform';

import type { HttpAnswer, HttpRoute } from './http-server.js';

const PATH = '/debug/profile/';
const LONGEST_PROFILE = 300;

/**
 * `/debug/profile/cpu?seconds=30` and `/debug/profile/heap`, in the files that the developer tools of Chrome open (.cpuprofile, .heapsnapshot).
 * One at a time. A heap snapshot stops the process while it is taken, for seconds where the heap is large: a leader may lose its Lease.
 */
export function profilingRoute(clock: Clock): HttpRoute {
  let isBusy = false;
  return async (url, { method, signal }) => {
    if (!url.pathname.startsWith(PATH)) return undefined;
    const what = url.pathname.slice(PATH.length);
    if (what !== 'cpu' && what !== 'heap') return { status: 404, body: `there is ${PATH}cpu and ${PATH}heap\n` };
    const seconds = Number(url.searchParams.get('seconds') ?? 30);
    if (!(seconds > 0 && seconds <= LONGEST_PROFILE)) return { status: 400, body: `seconds must be a number above 0, at most ${LONGEST_PROFILE}\n` };
    if (method === 'HEAD') return { status: 200, body: '' };
    if (isBusy) return { status: 409, body: 'another profile is being taken\n' };
    isBusy = true;
    try {
      return what === 'cpu' ? await cpuProfile(clock, seconds * 1000, signal) : await heapSnapshot();
    } finally {
      isBusy = false;
    }
  };
}

async function cpuProfile(clock: Clock, duration: number, signal: AbortSignal): Promise<HttpAnswer> {
  return inspected(async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await clock.sleep(duration, signal).catch(() => {}); // nobody waits any more: end it, the answer goes nowhere
    const { profile } = await session.post('Profiler.stop');
    return download('cpuprofile', JSON.stringify(profile));
  });
}

/** The pieces are held until the snapshot is whole: what it is made of stands still only while it is taken. */
async function heapSnapshot(): Promise<HttpAnswer> {
  return inspected(async (session) => {
    const pieces: string[] = [];
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => void pieces.push(params.chunk));
    await session.post('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    return download('heapsnapshot', each(pieces));
  });
}

async function* each(pieces: string[]): AsyncGenerator<string> {
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
}

async function inspected(work: (session: Session) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    return await work(session);
  } finally {
    session.disconnect();
  }
}

function download(extension: string, body: HttpAnswer['body']): HttpAnswer {
  return { status: 200, contentType: 'application/json', headers: { 'content-disposition': `attachment; filename="operator.${extension}"` }, body };
}
