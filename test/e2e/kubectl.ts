import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a run of kubectl left behind. */
export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why the tests with kubectl can not run here; undefined when they can. */
export function kubectlProblem(): string | undefined {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    return undefined;
  } catch (error) {
    return `kubectl is not on the PATH (${(error as Error).message}): install kubectl 1.30 or newer`;
  }
}

/** The real kubectl with a kubeconfig and a home of its own. */
export class Kubectl implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kubewright-kubectl-'));
  readonly #kubeconfig = join(this.#folder, 'kubeconfig');
  #files = 0;

  constructor(kubeconfig: string) {
    mkdirSync(join(this.#folder, 'home'));
    writeFileSync(this.#kubeconfig, kubeconfig, { mode: 0o600 });
  }

  /** A file for `-f`. */
  file(...objects: readonly object[]): string {
    const path = join(this.#folder, `${++this.#files}.json`);
    writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return path;
  }

  /** Runs it to its end; the server lives in this process, so nothing may block. */
  run(...args: readonly string[]): Promise<KubectlRun> {
    const env = { PATH: process.env['PATH'], HOME: join(this.#folder, 'home'), KUBECONFIG: this.#kubeconfig };
    return new Promise((resolve, reject) => {
      execFile('kubectl', args, { env, maxBuffer: 32 * 1024 * 1024, timeout: 30_000 }, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(error);
      });
    });
  }

  /** What it prints. @throws Error with its error text when it fails */
  async output(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
