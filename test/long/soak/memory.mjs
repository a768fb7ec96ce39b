// Samples of a process's memory after garbage collection, and whether they grow.
const MIB = 1024 * 1024;
/** What may be more in the end than in the beginning: code that was compiled meanwhile, and pages that the heap does not give back. */
const ALLOWED = { heapUsed: { factor: 1.1, more: 3 * MIB }, rss: { factor: 1.15, more: 24 * MIB } };

export class Memory {
  #samples = [];

  add(second, { rss, heapUsed }) {
    this.#samples.push({ second, rss, heapUsed });
  }

  /** The means of the first and of the last `window` seconds, and what grew. */
  report(window) {
    const last = this.#samples.at(-1)?.second ?? 0;
    const first = this.#samples[0]?.second ?? 0;
    const begin = this.#samples.filter(({ second }) => second < first + window);
    const end = this.#samples.filter(({ second }) => second > last - window);
    const grown = [];
    const lines = ['heapUsed', 'rss'].map((what) => {
      const [before, after] = [mean(begin, what), mean(end, what)];
      const limit = before * ALLOWED[what].factor + ALLOWED[what].more;
      if (!(after <= limit)) grown.push(`${what} ${mib(before)} -> ${mib(after)}, allowed ${mib(limit)}`);
      return `${what.padEnd(8)} ${mib(before).padStart(9)} -> ${mib(after).padStart(9)}  (${begin.length} and ${end.length} samples)`;
    });
    return { lines, grown };
  }
}

function mean(samples, what) {
  return samples.reduce((sum, sample) => sum + sample[what], 0) / samples.length;
}

export function mib(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
