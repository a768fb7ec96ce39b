/** A version of Prometheus; older ones get configurations without the fields that they do not know. */
export class Version {
  private constructor(
    readonly major: number,
    readonly minor: number,
    readonly patch: number,
    readonly prerelease: string,
  ) {}

  /** `v3.13.2`, `2.45.0` or `3.0.0-rc.0`. @throws Error with the operator's words for anything else, and for versions below 2 */
  static parse(text: string): Version {
    const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
    if (!match) throw new Error(`failed to parse Prometheus version: ${JSON.stringify(text)} is not a semantic version`);
    const version = new Version(Number(match[1]), Number(match[2]), Number(match[3]), match[4] ?? '');
    if (version.major < 2 || version.major > 3) throw new Error(`unsupported Prometheus version ${JSON.stringify(text)}`);
    return version;
  }

  /** Whether this is at least `major.minor.patch`. A pre-release is older than its release. */
  atLeast(major: number, minor = 0, patch = 0): boolean {
    if (this.major !== major) return this.major > major;
    if (this.minor !== minor) return this.minor > minor;
    if (this.patch !== patch) return this.patch > patch;
    return this.prerelease === '';
  }

  /** Without a leading v. */
  toString(): string {
    return `${this.major}.${this.minor}.${this.patch}${this.prerelease && `-${this.prerelease}`}`;
  }
}
