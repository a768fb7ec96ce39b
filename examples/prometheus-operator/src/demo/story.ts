/**
 * @module demo: the origin's story, played on an embedded cluster. Each step is a call through the API and an expectation of what it leads to;
 * nothing is staged. main.ts runs the steps, steps/ has them, kubectl-view.ts prints as kubectl does.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eventually, TestCluster } from '@kubewright/testing';
import type { Client } from '@kubewright/runtime';
import { parse } from 'yaml';

import type { Access } from './kubectl-view.js';
import { OperatorProcess } from './operator-process.js';

/** One step: what it says, and what it does. It resolves to what there is to show, and throws when something did not hold. */
export interface Step {
  readonly title: string;
  run(story: Story): Promise<string>;
}

/** What the steps share. */
export class Story {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kubewright-demo-'));
  readonly kubeconfig = join(this.#folder, 'kubeconfig');
  #cluster: TestCluster | undefined;
  #operator: OperatorProcess | undefined;

  /** @param onCrash called when the operator ends by itself */
  constructor(
    readonly port: number,
    private readonly onCrash: (lines: readonly string[]) => void,
  ) {}

  async startCluster(): Promise<void> {
    this.#cluster = await TestCluster.start({ port: this.port, nodes: 3, kubelet: { startTime: 50, readyAfter: 250, stopAfter: 150 } });
    writeFileSync(this.kubeconfig, this.#cluster.kubeconfig(), { mode: 0o600 });
  }

  get cluster(): TestCluster {
    if (!this.#cluster) throw new Error('the cluster has not been started');
    return this.#cluster;
  }

  /** Reads and writes as an administrator. */
  get client(): Client {
    return this.cluster.client;
  }

  /** As a user of kubectl reaches the server. */
  get access(): Access {
    const config = parse(this.cluster.kubeconfig()) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
      users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
    };
    const text = (base64: string): string => Buffer.from(base64, 'base64').toString();
    const { cluster } = config.clusters[0]!;
    const { user } = config.users[0]!;
    return { server: cluster.server, ca: text(cluster['certificate-authority-data']), certificate: text(user['client-certificate-data']), key: text(user['client-key-data']) };
  }

  /** Starts the operator under the identity of a ServiceAccount. @param token as TokenRequest gave it */
  startOperator(token: string): void {
    const { server, ca } = this.access;
    const file = join(this.#folder, 'operator.kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'demo', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name: 'operator', user: { token } }],
      contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'operator' } }],
      'current-context': 'demo',
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    this.#operator = new OperatorProcess(file, this.onCrash);
  }

  get operator(): OperatorProcess {
    if (!this.#operator) throw new Error('the operator has not been started');
    return this.#operator;
  }

  /** Waits until `check` holds; a failure says what was expected and what was seen, as the assertion in it words it. */
  async until<T>(check: () => Promise<T>, timeout = 15_000): Promise<T> {
    return await eventually(check, { timeout, interval: 20 });
  }

  /** Output of the real kubectl; undefined where there is none on the PATH. */
  async kubectl(...args: string[]): Promise<string | undefined> {
    try {
      const { stdout } = await promisify(execFile)('kubectl', ['--kubeconfig', this.kubeconfig, ...args], { timeout: 30_000 });
      return stdout;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Ends what was started and removes what was written. */
  async end(): Promise<void> {
    await this.#operator?.stop();
    await this.#cluster?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
