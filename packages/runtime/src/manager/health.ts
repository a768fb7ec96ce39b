import type { HttpAnswer, HttpRoute } from './http-server.js';

/** Throws (or rejects) when something is wrong. The reason is kept from whoever asks. */
export type HealthCheck = () => void | Promise<void>;

/**
 * One endpoint of checks, as kubelets and people ask it: `/readyz`, `/readyz?verbose`, `/readyz?exclude=NAME`, `/readyz/NAME`. Without any check
 * it says that the process answers, which is what `ping` means.
 */
export class HealthEndpoint {
  readonly #checks = new Map<string, HealthCheck>();

  /** @param path `/healthz` or `/readyz`; @param onFailure told the reason that the answer withholds */
  constructor(readonly path: string, private readonly onFailure: (check: string, error: unknown) => void = () => {}) {}

  /** @throws RangeError when there is a check of that name */
  add(name: string, check: HealthCheck): void {
    if (this.#checks.has(name)) throw new RangeError(`${this.path} has a check "${name}" already`);
    this.#checks.set(name, check);
  }

  readonly route: HttpRoute = async (url) => {
    if (url.pathname === this.path || url.pathname === `${this.path}/`) return this.#all(url.searchParams);
    if (!url.pathname.startsWith(`${this.path}/`)) return undefined;
    const name = decodeURIComponent(url.pathname.slice(this.path.length + 1));
    const check = this.#effective().get(name);
    if (!check) return { status: 404, body: 'not found\n' };
    if (await this.#passes(name, check)) return { status: 200, body: 'ok' };
    return { status: 500, body: `internal server error: ${name} failed: reason withheld\n` };
  };

  async #all(query: URLSearchParams): Promise<HttpAnswer> {
    const title = this.path.slice(1);
    const excluded = new Set(query.getAll('exclude').flatMap((names) => names.split(',')));
    const lines: string[] = [];
    let isHealthy = true;
    for (const [name, check] of [...this.#effective()].sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (excluded.delete(name)) {
        lines.push(`[+]${name} excluded: ok`);
        continue;
      }
      const passes = await this.#passes(name, check);
      lines.push(passes ? `[+]${name} ok` : `[-]${name} failed: reason withheld`);
      isHealthy &&= passes;
    }
    const unknown = [...excluded].map((name) => `"${name}"`).join(',');
    if (unknown) lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown}`);
    if (!isHealthy) return { status: 500, body: `${lines.join('\n')}\n${title} check failed\n` };
    return { status: 200, body: query.has('verbose') ? `${lines.join('\n')}\n${title} check passed\n` : 'ok' };
  }

  #effective(): ReadonlyMap<string, HealthCheck> {
    return this.#checks.size > 0 ? this.#checks : new Map([['ping', () => {}]]);
  }

  async #passes(name: string, check: HealthCheck): Promise<boolean> {
    try {
      await check();
      return true;
    } catch (error) {
      this.onFailure(name, error);
      return false;
    }
  }
}
