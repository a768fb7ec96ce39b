import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const KEPT_LINES = 200;

/** The operator as a process of its own, reached by nothing but its kubeconfig. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ended: Promise<void>;
  #stopping = false;

  /**
   * @param kubeconfig path of the file that says where the API server is and who the operator is
   * @param onCrash called when the process ends though nobody asked for it
   */
  constructor(kubeconfig: string, onCrash: (lines: readonly string[]) => void) {
    const { KUBECONFIG: _ours, ...env } = process.env;
    // A process group of its own: Ctrl-C in the terminal reaches the demo alone, which then stops the operator in order.
    this.#child = spawn(process.execPath, ['--enable-source-maps', MAIN], { env: { ...env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => {
        resolve();
        if (!this.#stopping) onCrash(this.#lines);
      });
    });
  }

  /** The last lines of its log. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Ends it at once: nothing that it was about to do is done. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true;
    this.#child.kill(signal);
    await this.#ended;
  }

  #keep(text: string): void {
    this.#lines.push(...text.split('\n').filter((line) => line !== ''));
    this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_LINES));
  }
}
