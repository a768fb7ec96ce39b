/**
 * @module @kubewright/apiserver: a Kubernetes API server in the process that uses it. This file puts the parts together; the way of a
 * request is listener/ -> router/ -> handlers/ -> registry/ -> storage/.
 */
import { formatApiVersion } from '@kubewright/api';
import { createCertificateAuthority, noopLogger, realClock, realScheduler, systemRandom, type CertificateAuthority, type Clock, type KeyedCertificate, type Logger, type Random, type Scheduler, type Transport } from '@kubewright/platform';

import type { AdmissionPlugin } from './admission/admission.js';
import { serverAdmission } from './admission/server-chain.js';
import { CustomResourceDefinitions } from './apiextensions/custom-resource-definitions.js';
import { definitionStrategy } from './apiextensions/definition-strategy.js';
import { StoredDefinitions } from './apiextensions/stored-definitions.js';
import { RequestAuthenticator } from './authn/request-authenticator.js';
import type { ServiceAccountTokens } from './authn/service-account-tokens.js';
import { SigningKey } from './authn/signing-key.js';
import { TokenIssuer } from './authn/token-issuer.js';
import { TokenVerifier } from './authn/token-verifier.js';
import { MASTERS, type UserInfo } from './authn/user-info.js';
import { createReviews } from './authz/access-reviews.js';
import { authorizerOf, DEFAULT_AUTHORIZATION, type AuthorizationMode } from './authz/authorization-mode.js';
import type { Authorizer } from './authz/authorizer.js';
import { NodeAuthorizer } from './authz/node-authorizer.js';
import { RbacAuthorizer } from './authz/rbac.js';
import { writeBootstrapObjects } from './bootstrap.js';
import { discoveryPaths } from './discovery-paths.js';
import type { ApiContext, Connection } from './handlers/api-context.js';
import { OpenWatches, type OpenWatch } from './handlers/open-watches.js';
import { handleBinding } from './handlers/pod-binding.js';
import { handleEviction } from './handlers/pod-eviction.js';
import { handleReview } from './handlers/review.js';
import { handleTokenRequest } from './handlers/token-request.js';
import { HttpsListener } from './listener/https-listener.js';
import type { Listening, ListenOptions } from './listener/listen-options.js';
import { MemoryTransport } from './listener/memory-transport.js';
import { RequestGate } from './listener/request-gate.js';
import { RequestMetrics } from './metrics.js';
import { builtinResources } from './registry/builtin-resources.js';
import { ResourceRegistry } from './registry/resource-registry.js';
import { Store } from './registry/store.js';
import { DEFAULT_SERVICE_RANGE, serverAddressOf } from './registry/strategies/service-addresses.js';
import { ConnectionLost } from './request/connection-lost.js';
import { clusterInfoPaths } from './router/cluster-info.js';
import { Pipeline } from './router/pipeline.js';
import { captureState, restoreState, type ClusterState } from './storage/cluster-state.js';
import type { DataFolder } from './storage/disk/data-folder.js';
import { Storage } from './storage/storage.js';
import { HttpsWebhookCaller } from './webhooks/https-webhook-caller.js';
import { storedServiceAddress } from './webhooks/service-address.js';
import type { ResolveService } from './webhooks/webhook-caller.js';

/** Settings of an {@link ApiServer}. */
export interface ApiServerOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  /** Names, uids and jitter. @default the system's */
  readonly random?: Random;
  /** @default the process's */
  readonly scheduler?: Scheduler;
  /** @default no lines */
  readonly log?: Logger;
  /** Who may do what. @default what {@link authorization} says */
  readonly authorizer?: Authorizer;
  /** @default Node and RBAC, with the bootstrap roles of a real server */
  readonly authorization?: readonly AuthorizationMode[];
  /** Whether a request that proves nothing is let through as `system:anonymous`. @default true */
  readonly anonymous?: boolean;
  /** Tokens of ServiceAccounts. @default a key and an issuer of the server's own */
  readonly serviceAccounts?: ServiceAccountTokens;
  /** Bearer tokens that stand for users. @default none */
  readonly staticTokens?: Readonly<Record<string, UserInfo>>;
  /** Run after the server's own plugins. @default none */
  readonly admissionPlugins?: readonly AdmissionPlugin[];
  /** The server's own plugins that do not run, by their names in kube-apiserver. @default none */
  readonly disabledAdmissionPlugins?: readonly string[];
  /** Addresses that Services get, IPv4. @default 10.96.0.0/16 */
  readonly serviceRange?: string;
  /** Built-in versions and kinds that are not served: `policy/v1`, `apps/v1/daemonsets`, `v1/events`. @default none */
  readonly disabledApis?: readonly string[];
  /**
   * The address behind a Service that a webhook is configured by: `https://127.0.0.1:9443`. Throw an Error to say why there is none.
   * @default an ExternalName, or an address among its endpoints that is no pod's; the pods of this server listen nowhere
   */
  readonly resolveService?: ResolveService;
  /** Answers of subresources that the server has none for, by `group/plural/subresource`: `/pods/log`. @default 501 */
  readonly connections?: Readonly<Record<string, Connection>>;
  /** Freezes stored objects, so that a mistake of a reader in this process throws. @default true */
  readonly freeze?: boolean;
  /** Writes that are kept for watches from the past. @default 10_000 */
  readonly historyLimit?: number;
  /** Keeps what is stored, and the keys, beyond the process; the server closes it. @default in memory only */
  readonly data?: DataFolder;
}

/** How a server goes away and comes back. */
export interface RestartOptions {
  /** Milliseconds in which nobody listens. @default 0 */
  readonly downtime?: number;
  /** Milliseconds before, in which requests are carried out and get no answer: what was stored then, its client does not know. @default 0 */
  readonly hang?: number;
}

/** An administrator past all rules. */
export const ADMINISTRATOR: UserInfo = { name: 'admin', groups: [MASTERS] };

/**
 * A Kubernetes API server. It answers in memory as soon as it is started; it listens on a socket only when asked to.
 *
 * @example
 * const server = new ApiServer();
 * await server.start();
 * const response = await server.transport().dispatch({ method: 'GET', path: '/api/v1/namespaces', headers: {} });
 */
export class ApiServer {
  readonly storage: Storage;
  readonly registry = new ResourceRegistry();
  readonly store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #watches = new OpenWatches();
  readonly #serviceRange: string;
  readonly #metrics: RequestMetrics;
  readonly #connections: Map<string, Connection>;
  readonly #gate: RequestGate;
  readonly #webhooks: HttpsWebhookCaller;
  readonly #stop = new AbortController();
  readonly #transports = new Set<MemoryTransport>();
  readonly #data: DataFolder | undefined;
  #definitions: Promise<void> | undefined;
  #definitionsSettled: () => Promise<void> = async () => {};
  #listener: HttpsListener | undefined;
  #listenAgain: (() => Promise<void>) | undefined;
  #authority: CertificateAuthority | undefined;
  #address: string | undefined;
  #restarting: Promise<void> | undefined;
  #isReady = false;

  constructor(options: ApiServerOptions = {}) {
    this.#clock = options.clock ?? realClock;
    this.#random = options.random ?? systemRandom;
    this.#scheduler = options.scheduler ?? realScheduler;
    this.#log = options.log ?? noopLogger;
    this.#data = options.data;
    this.#serviceRange = options.serviceRange ?? DEFAULT_SERVICE_RANGE;
    this.#metrics = new RequestMetrics(this.#clock);
    this.storage = new Storage({
      clock: this.#clock,
      ...(options.freeze !== undefined && { freeze: options.freeze }),
      ...(options.historyLimit !== undefined && { historyLimit: options.historyLimit }),
    });
    const { issuer: issuerName, audiences, signingKey, verificationKeys } = options.serviceAccounts ?? {};
    const key = new SigningKey(signingKey ?? options.data?.serviceAccountKey(), verificationKeys);
    const tokens = { clock: this.#clock, objects: this.storage, key, ...(issuerName !== undefined && { issuer: issuerName }), ...(audiences && { audiences }) };
    const issuer = new TokenIssuer({ ...tokens, random: this.#random });
    const authenticator = new RequestAuthenticator({
      tokens: new TokenVerifier(tokens),
      ...(options.staticTokens && { staticTokens: options.staticTokens }),
      ...(options.anonymous !== undefined && { anonymous: options.anonymous }),
      ...(audiences && { audiences }),
    });
    const rbac = new RbacAuthorizer(this.storage);
    const authorizer = options.authorizer ?? authorizerOf(options.authorization ?? DEFAULT_AUTHORIZATION, { rbac, node: new NodeAuthorizer(this.storage) });
    this.#webhooks = new HttpsWebhookCaller({ clock: this.#clock, resolveService: options.resolveService ?? storedServiceAddress(this.storage) });
    const admission = serverAdmission({
      objects: this.storage, served: this.registry, random: this.#random, log: this.#log, authorizer, rbac, caller: this.#webhooks, more: options.admissionPlugins ?? [],
      runs: (plugin) => !options.disabledAdmissionPlugins?.includes(plugin),
    });
    this.store = new Store({ storage: this.storage, clock: this.#clock, random: this.#random, admission, registry: this.registry });

    this.#connections = new Map<string, Connection>([
      ...[...createReviews({ authorizer, rbac, authenticator, clock: this.#clock })].map(([name, review]): [string, Connection] => [`${name}/`, handleReview(review)]),
      ['/serviceaccounts/token', handleTokenRequest((namespace, name, request) => issuer.requestToken(namespace, name, request))],
      ['/pods/binding', handleBinding],
      ['/bindings/', handleBinding],
      ['/pods/eviction', handleEviction],
      ...Object.entries(options.connections ?? {}),
    ]);
    const context: ApiContext = {
      storage: this.storage, store: this.store, registry: this.registry, authorizer, clock: this.#clock, random: this.#random, scheduler: this.#scheduler,
      watches: this.#watches, connections: this.#connections,
    };
    const builtin = builtinResources(this.storage, this.#random, { 'apiextensions.k8s.io/customresourcedefinitions': definitionStrategy }, this.#serviceRange);
    const disabled = new Set(options.disabledApis);
    for (const resource of builtin) {
      const version = formatApiVersion(resource.group, resource.version);
      if (!disabled.has(version) && !disabled.has(`${version}/${resource.plural}`)) this.registry.add(resource);
    }
    this.#gate = new RequestGate(new Pipeline({
      context, authenticator, authorizer,
      builtinGroups: new Set(builtin.map(({ group }) => group)),
      paths: [
        discoveryPaths(this.registry, () => this.#address ?? '127.0.0.1:6443'),
        clusterInfoPaths({
          isReady: () => this.#isReady,
          metrics: () => this.#metrics.text(this.#countObjects(), this.#watches.size),
          keys: () => ({ issuer: issuer.issuer, keys: key.jwks(), algorithms: key.algorithms }),
        }),
      ],
      metrics: this.#metrics,
      log: this.#log,
    }));
  }

  /** Makes the objects that a fresh server has for itself and serves the definitions that are stored. */
  async start(): Promise<void> {
    if (this.#definitions) return;
    await this.#data?.load(this.storage);
    writeBootstrapObjects({ storage: this.storage, registry: this.registry, clock: this.#clock, random: this.#random, serverAddress: serverAddressOf(this.#serviceRange) });
    const resource = this.registry.lookup('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')!;
    const definitions = new CustomResourceDefinitions({
      store: new StoredDefinitions(this.store, resource),
      registry: this.registry, clock: this.#clock, scheduler: this.#scheduler, logger: this.#log,
      conversion: { caller: this.#webhooks, random: this.#random },
      endWatches: ({ group, version, plural }) => this.#watches.endResource(group, version, plural),
    });
    this.#definitionsSettled = () => definitions.settled();
    this.#definitions = definitions.start(this.#stop.signal);
    await this.storage.settle();
    this.#isReady = true;
  }

  /** Answers a subresource that is not a view of the stored object, such as `/pods/log`. It replaces what answered before. */
  connect(resource: string, connection: Connection): void {
    this.#connections.set(resource, connection);
  }

  /** A way in without sockets. @param identity who asks; undefined is nobody, unless the request carries a token. @default an administrator */
  transport(identity: UserInfo | undefined = ADMINISTRATOR): Transport {
    const transport = new MemoryTransport(this.#gate, this.#scheduler, identity);
    this.#transports.add(transport);
    return transport;
  }

  /** Listens for HTTPS. @throws Error that names a taken port and the cure */
  async listen({ port = 0, host = '127.0.0.1', serving, clientCa }: ListenOptions = {}): Promise<Listening> {
    if (this.#listener) throw new Error('the server listens already: close it, or make a second server');
    const { certificate, key } = serving ?? this.#servingCertificate(host);
    const trusted = clientCa ?? this.#certificateAuthority().certificate;
    const make = (at: number): HttpsListener => new HttpsListener({ gate: this.#gate, log: this.#log, host, port: at, certificate, key, clientCa: trusted });
    const listener = make(port);
    const taken = await listener.listen();
    this.#listener = listener;
    this.#listenAgain = async () => {
      const again = make(taken);
      await again.listen();
      this.#listener = again;
    };
    this.#address = `${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${taken}`;
    return { url: `https://${this.#address}`, port: taken, caCertificate: serving ? serving.certificate : this.#certificateAuthority().certificate };
  }

  /** PEM of the authority that signs the server's certificate and its clients'; made when first asked for. */
  get certificateAuthority(): string {
    return this.#certificateAuthority().certificate;
  }

  /** A client certificate for a user and groups. */
  issueClientCertificate(user: UserInfo = ADMINISTRATOR): KeyedCertificate {
    return this.#certificateAuthority().issue({ commonName: user.name, organizations: user.groups, usages: ['client'] });
  }

  /** What is stored now, as {@link restore} puts it back. It costs a list of references. */
  snapshot(): ClusterState {
    return captureState(this.storage);
  }

  /**
   * Puts back what was stored, under resourceVersions that are new; all who watch are told to start over (410). Resolves when the definitions that came
   * back are served. Requests that are under way meanwhile are carried out before or after it.
   */
  async restore(state: ClusterState): Promise<void> {
    this.#watches.expireAll();
    restoreState(this.storage, state);
    this.#watches.forgetBefore(this.storage.revision);
    await this.#definitionsSettled();
    await this.storage.settle();
  }

  /** Breaks open watches off in the middle, as connections that are lost; what was on its way is lost with them. @returns how many */
  cutWatches(which?: (watch: OpenWatch) => boolean): number {
    return this.#watches.breakOff(new ConnectionLost('read ECONNRESET: the watch was cut', 'ECONNRESET'), which);
  }

  /**
   * Goes away and comes back as a process that was killed does: for `hang` milliseconds requests are carried out and not answered, then connections
   * break in the middle of what they carry, for `downtime` milliseconds nobody listens, then the same port serves the same objects. The past is
   * forgotten: watches from before are answered with 410. A request that was being carried out may have been, and its client does not know; none is
   * carried out after the server is back.
   */
  async restart({ downtime = 0, hang = 0 }: RestartOptions = {}): Promise<void> {
    if (!this.#isReady) throw new Error('the server does not run: start it, or wait for the restart that is under way');
    this.#isReady = false;
    this.#restarting = this.#comeBack(hang, downtime);
    await this.#restarting;
  }

  async #comeBack(hang: number, downtime: number): Promise<void> {
    const reset = new ConnectionLost('read ECONNRESET: the API server was restarted', 'ECONNRESET');
    this.#watches.breakOff(reset);
    this.#gate.silence();
    if (hang > 0) await this.#clock.sleep(hang, this.#stop.signal).catch(() => {});
    const idle = this.#gate.close(reset);
    for (const transport of this.#transports) transport.breakOff(reset);
    await this.#listener?.breakOff();
    await idle;
    this.#watches.breakOff(reset);
    this.#watches.forgetBefore(this.storage.revision);
    if (downtime > 0) await this.#clock.sleep(downtime, this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    await this.#listenAgain?.();
    this.#gate.open();
    this.#isReady = true;
  }

  /** Ends watches, sockets and everything that runs; resolves when all of it has ended. */
  async close(): Promise<void> {
    this.#isReady = false;
    this.#stop.abort();
    await this.#restarting?.catch(() => {});
    this.#watches.endAll();
    for (const transport of this.#transports) await transport.close();
    await this.#listener?.close();
    this.#listener = undefined;
    this.#webhooks.close();
    await this.#definitions;
    await this.#data?.close();
  }

  #servingCertificate(host: string): KeyedCertificate {
    return this.#certificateAuthority().issue({
      commonName: 'kube-apiserver',
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ipAddresses: [...new Set(['127.0.0.1', '::1', serverAddressOf(this.#serviceRange), ...(isAddress(host) ? [host] : [])])],
      usages: ['server'],
    });
  }

  #certificateAuthority(): CertificateAuthority {
    const options = { commonName: 'kubernetes', clock: this.#clock, random: this.#random };
    this.#authority ??= this.#data?.certificateAuthority(options) ?? createCertificateAuthority(options);
    return this.#authority;
  }

  #countObjects(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { group, plural } of this.registry.all()) counts.set(group === '' ? plural : `${plural}.${group}`, this.storage.count(group, plural));
    return counts;
  }
}

function isAddress(host: string): boolean {
  return host !== '0.0.0.0' && (/^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':'));
}
