import { parseArgs } from 'node:util';

import { realClock } from '@kubewright/platform';

import { steps } from './steps/index.js';
import { Story } from './story.js';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } } });
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (since: number): string => `${((realClock.monotonic() - since) / 1000).toFixed(2)} s`;

let crashed = false;
const story = new Story(Number(values.port), (lines) => {
  crashed = true;
  process.stderr.write(`\nthe operator ended by itself; its last lines:\n${lines.slice(-20).join('\n')}\n`);
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
const stopped = new Promise<'stopped'>((resolve) => stop.signal.addEventListener('abort', () => resolve('stopped'), { once: true }));

try {
  const outcome = await Promise.race([play(), stopped]);
  if (outcome === 'held' && !values.once) {
    print(['', 'The cluster stays up. In another terminal:', ...examples().map((line) => `  ${line}`), 'Ctrl-C ends it.'].join('\n'));
    await stopped;
  }
  if (outcome === 'failed' || crashed) process.exitCode = 1;
} finally {
  // A stopped story is interrupted wherever it is: what its steps still wait for is of no interest any more.
  process.on('unhandledRejection', () => {});
  await story.end();
}
if (stop.signal.aborted) process.exit(process.exitCode ?? (values.once ? 130 : 0));

async function play(): Promise<'held' | 'failed'> {
  const begin = realClock.monotonic();
  for (const [index, step] of steps.entries()) {
    const start = realClock.monotonic();
    try {
      const shown = await step.run(story);
      print(`\n${index + 1}. ${step.title} (${seconds(start)})${shown ? `\n${indent(shown)}` : ''}`);
    } catch (error) {
      if (stop.signal.aborted) return 'failed';
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`\n${index + 1}. ${step.title}: FAILED after ${seconds(start)}\n${indent(message)}\n${indent(operatorLog())}\n`);
      return 'failed';
    }
  }
  print(`\nAll ${steps.length} steps held, in ${seconds(begin)}.`);
  return 'held';
}

function examples(): string[] {
  const kubectl = `KUBECONFIG=${story.kubeconfig} kubectl`;
  return [`${kubectl} get prometheus,pods`, `${kubectl} scale prometheus prometheus --replicas 2   # shards`, `${kubectl} describe statefulset prometheus-prometheus`, `${kubectl} explain prometheus.spec`];
}

function operatorLog(): string {
  try {
    return story.operator.lines.slice(-15).join('\n');
  } catch {
    return '';
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '   ');
}
