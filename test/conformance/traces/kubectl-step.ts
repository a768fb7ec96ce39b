import { execFileSync, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Normaliser } from './normaliser.js';
import type { Json, TraceStep } from './trace.js';

/** The version that was recorded: others speak in other words. */
const RECORDED_MINOR = '36';

/** A kubectl of the recorded version, from the PATH or from where CI builds it; undefined where there is none. */
export function findKubectl(): string | undefined {
  const built = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubewright', 'kubectl-1.36', 'kubectl');
  return ['kubectl', built].find((file) => {
    try {
      const { clientVersion } = JSON.parse(execFileSync(file, ['version', '--client', '-o', 'json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { clientVersion: { minor: string } };
      return clientVersion.minor.startsWith(RECORDED_MINOR);
    } catch {
      return false;
    }
  });
}

/** Runs one kubectl to its end. */
export function runKubectl(file: string, kubeconfig: string, step: NonNullable<TraceStep['kubectl']>, normaliser: Normaliser): Promise<Json> {
  const { args, stdin = '', timeoutMs = 30_000 } = 'args' in step ? step : { args: step };
  return new Promise((resolve, reject) => {
    const child = spawn(file, ['--kubeconfig', kubeconfig, ...args], { env: { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECACHEDIR: '/dev/null/none' }, timeout: timeoutMs, killSignal: 'SIGKILL' });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // it may end before it has read
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout: tidy(stdout, normaliser), stderr: tidy(stderr, normaliser) }));
    child.stdin.end(stdin);
  });
}

/** Ages become `<age>`, runs of spaces one space, and what the client logs goes. */
function tidy(chunks: readonly Buffer[], normaliser: Normaliser): string {
  return normaliser.text(Buffer.concat(chunks).toString('utf8'))
    .replace(/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<date>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, '<date>')
    .replace(/\S*\/(LIVE|MERGED)-\d+\//g, '<$1>/')
    .replace(/(Resource Version:\s+)\d+/g, '$1<rv>')
    .split('\n')
    .map((line) => line.replace(/\b\d+(s|m|h|d)(\d+(s|m|h))?\b/g, '<age>').replace(/[ \t]+/g, ' ').trimEnd())
    .filter((line) => !/^I\d{4} |^W\d{4} .*(proxy|cache)/.test(line))
    .join('\n');
}
