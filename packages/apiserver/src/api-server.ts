/**
 * @module @kubewright/apiserver: a Kubernetes API server in the process that uses it. This file puts the parts together; the way of a
 * request is listener/ -> router/ -> handlers/ -> registry/ -> storage/.
 */
import { createCertificateAuthority, noopLogger, realClock, realScheduler, systemRandom, type CertificateAuthority, type Clock, type KeyedCertificate, type Logger, type Random, type Scheduler, type Transport } from '@kubewright/platform';

import type { AdmissionPlugin } from './admission/admission.js';
import { AdmissionChain } from './admission/chain.js';
import { defaultAdmissionPlugins } from './admission/default-plugins.js';
import { roleEscalation } from './admission/role-escalation.js';
import { mutatingWebhooks } from './admission/webhook/mutating-webhooks.js';
import { validatingWebhooks } from './admission/webhook/validating-webhooks.js';
import { CustomResourceDefinitions } from './apiextensions/custom-resource-definitions.js';
import { definitionStrategy } from './apiextensions/definition-strategy.js';
import { StoredDefinitions } from './apiextensions/stored-definitions.js';
import { RequestAuthenticator } from './authn/request-authenticator.js';
import { SigningKey } from './authn/signing-key.js';
import { TokenIssuer } from './authn/token-issuer.js';
import { TokenVerifier } from './authn/token-verifier.js';
import { MASTERS, type UserInfo } from './authn/user-info.js';
import { createReviews } from './authz/access-reviews.js';
import type { Authorizer } from './authz/authorizer.js';
import { anyOf, NodeAuthorizer } from './authz/node-authorizer.js';
import { RbacAuthorizer } from './authz/rbac.js';
import { writeBootstrapObjects } from './bootstrap.js';
import { discoveryPaths } from './discovery-paths.js';
import type { ApiContext, Connection } from './handlers/api-context.js';
import { OpenWatches } from './handlers/open-watches.js';
import { handleBinding } from './handlers/pod-binding.js';
import { handleEviction } from './handlers/pod-eviction.js';
import { handleReview } from './handlers/review.js';
import { handleTokenRequest } from './handlers/token-request.js';
import { HttpsListener } from './listener/https-listener.js';
import { MemoryTransport } from './listener/memory-transport.js';
import { RequestMetrics } from './metrics.js';
import { builtinResources } from './registry/builtin-resources.js';
import { ResourceRegistry } from './registry/resource-registry.js';
import { Store } from './registry/store.js';
import { clusterInfoPaths } from './router/cluster-info.js';
import { Pipeline } from './router/pipeline.js';
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
  /** Who may do what. @default RBAC, with the bootstrap roles of a real server */
  readonly authorizer?: Authorizer;
  /** Bearer tokens that stand for users. @default none */
  readonly staticTokens?: Readonly<Record<string, UserInfo>>;
  /** Run after the server's own plugins. @default none */
  readonly admissionPlugins?: readonly AdmissionPlugin[];
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
}

/** Where a server listens. */
export interface Listening {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly port: number;
  /** PEM of the authority behind the server's certificate and those of its clients. */
  readonly caCertificate: string;
}

/** An administrator past all rules. */
export const ADMINISTRATOR: UserInfo = { name: 'kubernetes-admin', groups: [MASTERS] };

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
  readonly #metrics: RequestMetrics;
  readonly #connections: Map<string, Connection>;
  readonly #pipeline: Pipeline;
  readonly #webhooks: HttpsWebhookCaller;
  readonly #stop = new AbortController();
  readonly #transports = new Set<Transport>();
  #definitions: Promise<void> | undefined;
  #listener: HttpsListener | undefined;
  #authority: CertificateAuthority | undefined;
  #address: string | undefined;
  #isReady = false;

  constructor(options: ApiServerOptions = {}) {
    this.#clock = options.clock ?? realClock;
    this.#random = options.random ?? systemRandom;
    this.#scheduler = options.scheduler ?? realScheduler;
    this.#log = options.log ?? noopLogger;
    this.#metrics = new RequestMetrics(this.#clock);
    this.storage = new Storage({
      clock: this.#clock,
      ...(options.freeze !== undefined && { freeze: options.freeze }),
      ...(options.historyLimit !== undefined && { historyLimit: options.historyLimit }),
    });
    const key = new SigningKey();
    const tokens = { clock: this.#clock, objects: this.storage, key };
    const issuer = new TokenIssuer({ ...tokens, random: this.#random });
    const authenticator = new RequestAuthenticator({ tokens: new TokenVerifier(tokens), ...(options.staticTokens && { staticTokens: options.staticTokens }) });
    const rbac = new RbacAuthorizer(this.storage);
    const authorizer = options.authorizer ?? anyOf(rbac, new NodeAuthorizer(this.storage));
    this.#webhooks = new HttpsWebhookCaller({ clock: this.#clock, resolveService: options.resolveService ?? storedServiceAddress(this.storage) });
    const webhookTools = { caller: this.#webhooks, objects: this.storage, served: this.registry, random: this.#random, log: this.#log };
    const admission = new AdmissionChain([
      ...defaultAdmissionPlugins(this.storage, this.#random), roleEscalation({ objects: this.storage, authorizer, rbac }),
      mutatingWebhooks(webhookTools), validatingWebhooks(webhookTools), ...(options.admissionPlugins ?? []),
    ]);
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
    const builtin = builtinResources(this.storage, this.#random, { 'apiextensions.k8s.io/customresourcedefinitions': definitionStrategy });
    for (const resource of builtin) this.registry.add(resource);
    this.#pipeline = new Pipeline({
      context, authenticator, authorizer,
      builtinGroups: new Set(builtin.map(({ group }) => group)),
      paths: [
        discoveryPaths(this.registry, () => this.#address ?? '127.0.0.1:6443'),
        clusterInfoPaths({
          isReady: () => this.#isReady,
          metrics: () => this.#metrics.text(this.#countObjects(), this.#watches.size),
          keys: () => ({ issuer: issuer.issuer, keys: [key.jwk()] }),
        }),
      ],
      metrics: this.#metrics,
      log: this.#log,
    });
  }

  /** Makes the objects that a fresh server has for itself and serves the definitions that are stored. */
  async start(): Promise<void> {
    if (this.#definitions) return;
    writeBootstrapObjects({ storage: this.storage, registry: this.registry, clock: this.#clock, random: this.#random });
    const resource = this.registry.lookup('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')!;
    const definitions = new CustomResourceDefinitions({
      store: new StoredDefinitions(this.store, resource),
      registry: this.registry, clock: this.#clock, scheduler: this.#scheduler, logger: this.#log,
      conversion: { caller: this.#webhooks, random: this.#random },
      endWatches: ({ group, version, plural }) => this.#watches.endResource(group, version, plural),
    });
    this.#definitions = definitions.start(this.#stop.signal);
    this.#isReady = true;
  }

  /** Answers a subresource that is not a view of the stored object, such as `/pods/log`. It replaces what answered before. */
  connect(resource: string, connection: Connection): void {
    this.#connections.set(resource, connection);
  }

  /** A way in without sockets. @param identity who asks; undefined is nobody, unless the request carries a token. @default an administrator */
  transport(identity: UserInfo | undefined = ADMINISTRATOR): Transport {
    const transport = new MemoryTransport(this.#pipeline, this.#scheduler, identity);
    this.#transports.add(transport);
    return transport;
  }

  /** Listens for HTTPS. @throws Error that names a taken port and the cure */
  async listen({ port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {}): Promise<Listening> {
    if (this.#listener) throw new Error('the server listens already: close it, or make a second server');
    const authority = this.#certificateAuthority();
    const { certificate, key } = authority.issue({
      commonName: 'kube-apiserver',
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ipAddresses: [...new Set(['127.0.0.1', '::1', '10.96.0.1', ...(isAddress(host) ? [host] : [])])],
      usages: ['server'],
    });
    const listener = new HttpsListener({ pipeline: this.#pipeline, log: this.#log, host, port, certificate, key, clientCa: authority.certificate });
    const taken = await listener.listen();
    this.#listener = listener;
    this.#address = `${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${taken}`;
    return { url: `https://${this.#address}`, port: taken, caCertificate: authority.certificate };
  }

  /** PEM of the authority that signs the server's certificate and its clients'; made when first asked for. */
  get certificateAuthority(): string {
    return this.#certificateAuthority().certificate;
  }

  /** A client certificate for a user and groups. */
  issueClientCertificate(user: UserInfo = ADMINISTRATOR): KeyedCertificate {
    return this.#certificateAuthority().issue({ commonName: user.name, organizations: user.groups, usages: ['client'] });
  }

  /** Ends watches, sockets and everything that runs; resolves when all of it has ended. */
  async close(): Promise<void> {
    this.#isReady = false;
    this.#stop.abort();
    this.#watches.endAll();
    for (const transport of this.#transports) await transport.close();
    await this.#listener?.close();
    this.#listener = undefined;
    this.#webhooks.close();
    await this.#definitions;
  }

  #certificateAuthority(): CertificateAuthority {
    this.#authority ??= createCertificateAuthority({ commonName: 'kubernetes', clock: this.#clock, random: this.#random });
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
