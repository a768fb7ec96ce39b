import { RESOURCE, type ResourceKind } from './resource-kind.js';
import { pluralize } from './pluralize.js';

export * from './webhook.js';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  /** A simple JSON path: `.spec.replicas`, `.status.conditions[?(@.type == 'Ready')].status`. */
  readonly path: string;
  /** @default inferred from the type at `path` by the generator */
  readonly type?: 'integer' | 'number' | 'string' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** Columns above 0 are only shown by `-o wide`. @default 0 */
  readonly priority?: number;
}

/** The scale subresource: where replicas and selector are found. */
export interface ScaleOptions {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** How the versions of a kind are converted: by a webhook behind a service of the cluster, or at a url. */
export interface ConversionOptions {
  readonly service?: { readonly name: string; readonly namespace: string; readonly path?: string; readonly port?: number };
  /** Starts with https:// */
  readonly url?: string;
  /** Base64 of the PEM certificates that the server trusts. */
  readonly caBundle?: string;
  /** Versions of ConversionReview that the webhook takes. @default ['v1'] */
  readonly reviewVersions?: readonly string[];
}

/** What the generator and the client need to know of a kind. Arguments must be constant expressions: the generator reads, never runs them. */
export interface CustomResourceOptions {
  readonly group: string;
  readonly version: string;
  /** @default the class's name */
  readonly kind?: string;
  /** @default the English plural of the kind, lower case */
  readonly plural?: string;
  /** @default the kind, lower case */
  readonly singular?: string;
  /** @default kind + 'List' */
  readonly listKind?: string;
  /** @default 'Namespaced' */
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Whether there is a status subresource. @default true when the class has a `status` member */
  readonly status?: boolean;
  readonly scale?: ScaleOptions;
  readonly printColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly string[];
  /** Exactly one version of a kind is stored. @default true when the kind has a single version */
  readonly storage?: boolean;
  /** @default true */
  readonly served?: boolean;
  /** A text is shown to clients as a warning. @default false */
  readonly deprecated?: boolean | string;
  /** The warning of a deprecated version, where `deprecated` is only `true`. */
  readonly deprecationWarning?: string;
  /** State it at one version of a kind; it counts for all. @default objects are the same in all versions but for their apiVersion */
  readonly conversion?: ConversionOptions;
  /** Labels of the CustomResourceDefinition itself. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the CustomResourceDefinition itself. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Marks a class as the definition of a custom resource. It records where its objects live and changes nothing else; the schema comes from
 * the class's members, which `kubewright generate` reads.
 *
 * @example
 * @CustomResource({ group: 'demo.example.com', version: 'v1' })
 * export class Widget {
 *   spec!: WidgetSpec;
 *   status?: WidgetStatus;
 * }
 */
export function CustomResource(options: CustomResourceOptions): <C extends abstract new () => object>(target: C) => void {
  return (target) => {
    const kind = options.kind ?? target.name;
    const resource: ResourceKind = {
      group: options.group,
      version: options.version,
      kind,
      plural: options.plural ?? pluralize(kind.toLowerCase()),
      scope: options.scope ?? 'Namespaced',
    };
    Object.defineProperty(target, RESOURCE, { value: Object.freeze(resource) });
  };
}
