/** Whether trying again makes sense: with growing delays, not at all, or after a given time. */
export type RetryClass = 'backoff' | 'never' | { readonly afterMs: number };

/** One row of the table of codes. */
export interface ErrorCodeInfo {
  /** What the code means, one sentence. */
  readonly meaning: string;
  /** What to try. */
  readonly hint: string;
  readonly retry: RetryClass;
}

/** Every code of {@link KubewrightError}. The page docs/reference/errors.md is generated from this table. */
export const ERROR_CODES = {
  KW_CONNECTION: row('No answer came from the API server: the connection was refused, reset or could not be made.', 'Check that the server runs and that its address in the configuration is right.', 'backoff'),
  KW_REQUEST_TIMEOUT: row('The API server did not answer in time.', 'The server may be overloaded; raise requestTimeout if it is only slow.', 'backoff'),
  KW_TRANSPORT_CLOSED: row('A request was made after the transport had been closed.', 'Stop what still makes requests before closing the transport.', 'never'),
  KW_RESPONSE_DECODE: row('An answer of the API server was not the JSON it should be.', 'Look at what stands between client and server: a proxy that answers with a page of its own is the usual cause.', 'backoff'),
  KW_WATCH_DECODE: row('A frame of a watch was not a watch event in JSON.', 'Look for a proxy between client and server that rewrites streams. The objects are listed again.', 'backoff'),
  KW_WATCH_LINE_TOO_LONG: row('A frame of a watch was longer than the limit.', 'Raise maxLineBytes, or find out who stores objects of that size.', 'backoff'),
  KW_WATCH_SILENT: row('A watch brought nothing for so long that its connection must be dead.', 'Nothing to do: the watch is opened again. If it repeats, look for a load balancer with a short idle timeout.', 'backoff'),
  KW_KUBECONFIG_MISSING: row('There is no configuration to reach a cluster with.', 'Give a kubeconfig file, set KUBECONFIG, or run inside a cluster.', 'never'),
  KW_KUBECONFIG_INVALID: row('A kubeconfig file can not be used.', 'Check the file with `kubectl config view --kubeconfig FILE`.', 'never'),
  KW_CREDENTIALS: row('The credentials for the API server could not be obtained.', 'Run the credential plugin of the kubeconfig by hand, or check the files that it names.', 'backoff'),
  KW_INVALID_ARGUMENT: row('A call was made with arguments that can not work together.', 'See the message; it names the argument.', 'never'),
  KW_FIELD_OWNER_MISSING: row('Server-side apply needs a field owner.', "Give the client one: createClient({ …, fieldOwner: 'my-operator' }), or the call.", 'never'),
  KW_CACHE_NOT_STARTED: row('A read from the cache came before the cache was started.', 'Start the manager first, or read with the uncached client.', 'backoff'),
  KW_CACHE_SYNC_TIMEOUT: row('A cache did not fill in time.', 'Check that the kind exists (is its CRD installed?) and that the operator may list and watch it.', 'backoff'),
  KW_INDEX_MISSING: row('A list from the cache asked for a field that has no index.', 'Register it before start with cache.indexField(kind, field, values), or read with the uncached client.', 'never'),
  KW_NAMESPACE_NOT_CACHED: row('A read from the cache asked for a namespace that the cache does not hold.', 'Add the namespace to the option `namespaces` of the cache, or read with the uncached client.', 'never'),
  KW_CONTINUE_NOT_SUPPORTED: row('A list from the cache can not be continued.', 'Leave out `limit` and `continue`, or read with the uncached client.', 'never'),
  KW_INFORMER_REMOVED: row('Somebody waited for a cache that was removed.', 'Ask the cache again: it starts a new watch.', 'backoff'),
  KW_TRANSFORM: row('A transform of the cache threw, or changed the name of an object.', 'Correct the transform. Until then the kind is listed again and again.', 'backoff'),
  KW_WAIT_TIMEOUT: row('A condition was not met in time.', 'The message tells the last state that was seen; raise the timeout if it only takes longer.', 'backoff'),
  KW_KIND_UNKNOWN: row('The API server does not serve a kind.', 'Check that its CustomResourceDefinition is installed and serves this version.', 'backoff'),
  KW_PROXY: row('A proxy refused to connect to the API server.', 'Check HTTPS_PROXY and NO_PROXY, or proxy-url of the kubeconfig.', 'backoff'),
  KW_DRY_RUN: row('A write was asked for past the client of a manager that only plans.', 'Write through the client of the manager or of the reconcile: it records what it is asked for. Or leave out `dryRun`.', 'never'),
  KW_INVALID_OPTIONS: row('Options are wrong or contradict each other.', 'The message lists every problem.', 'never'),
  KW_TERMINAL: row('A reconciler said that trying again makes no sense.', 'Change the object; the next event starts a new attempt.', 'never'),
  KW_RECONCILE_TIMEOUT: row('A reconcile took longer than the controller allows.', 'Pass context.signal to what waits, do less at once, or raise reconcileTimeout.', 'backoff'),
  KW_NOT_A_CONTROLLER: row('A class was registered as a controller but is not decorated as one.', 'Decorate it with @Controller(Kind).', 'never'),
  KW_NO_PARAM_METADATA: row('A constructor parameter has no injection token.', 'Write @inject(Token) before the parameter: esbuild and tsx emit no type metadata.', 'never'),
  KW_GLOBAL_REGISTRATION: row("A class is registered on tsyringe's global container.", 'Remove @singleton() or @injectable() and let the manager register it.', 'never'),
  KW_LEADER_LOST: row('Leadership was lost.', 'The process must end; another replica goes on.', 'never'),
  KW_SHARD_LOST: row('This replica may not act for the objects of its share at this moment.', 'Nothing to do: it joins again by itself, and others take the objects over.', 'backoff'),
  KW_UNHANDLED_REJECTION: row('A promise was rejected and nobody looked at it.', 'Await the promise, return it, or catch its error; the cause has the place.', 'never'),
  KW_CERTIFICATE: row('A certificate or its key can not be used.', 'Check that both files exist, are PEM and belong together.', 'backoff'),
  KW_CLUSTER: row('A cluster is not engaged, or is engaged already.', 'Engage it first: see the provider of the clusters.', 'backoff'),
  KW_WORKER: row('A worker thread could not do its work.', 'The cause has the error of the function that it ran.', 'backoff'),
  KW_LISTEN: row('A port can not be listened on.', 'Another process may have it: choose another port, or 0 for any free one.', 'never'),
  KW_STOP_TIMEOUT: row('Something did not stop within the grace period.', 'Pass the signal to what waits, or raise gracefulShutdownTimeout.', 'never'),
} as const satisfies Record<`KW_${string}`, ErrorCodeInfo>;

/** The code of an error of kubewright's own: stable, and one row of docs/reference/errors.md. */
export type ErrorCode = keyof typeof ERROR_CODES;

function row(meaning: string, hint: string, retry: RetryClass): ErrorCodeInfo {
  return { meaning, hint, retry };
}
