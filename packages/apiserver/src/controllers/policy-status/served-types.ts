/** The types of kinds as the server describes them in its OpenAPI documents, for the check of policies. */
import { isNotFound, parseApiVersion, type JSONSchemaProps } from '@kubewright/api';
import type { ExpressionWarning, ParamKind, ValidatingAdmissionPolicySpec } from '@kubewright/api/admissionregistration/v1';
import { schemaType, type Type } from '@kubewright/cel';

import { typeWarnings, type CheckedKind } from '../../expressions/type-check.js';
import type { ControllerClient } from '../client.js';

/** The most kinds that one policy is checked for. */
const MOST_KINDS = 10;

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Checks the expressions of a policy for the kinds that its rules name; kinds behind a `*` are not looked for. */
export async function checkTypes(client: ControllerClient, spec: ValidatingAdmissionPolicySpec): Promise<ExpressionWarning[]> {
  const types = new ServedTypes(client);
  const kinds: CheckedKind[] = [];
  for (const kind of await namedKinds(client, spec)) {
    const type = await types.of(kind);
    if (type) kinds.push({ name: `${kind.group}/${kind.version}, Kind=${kind.kind}`, type });
  }
  const params = spec.paramKind && (await types.of(paramsOf(spec.paramKind)));
  return typeWarnings(spec, kinds, params);
}

function paramsOf({ apiVersion = '', kind = '' }: ParamKind): Kind {
  return { ...parseApiVersion(apiVersion), kind };
}

async function namedKinds(client: ControllerClient, { matchConstraints }: ValidatingAdmissionPolicySpec): Promise<Kind[]> {
  const found = new Map<string, Kind>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of matchConstraints?.resourceRules ?? []) {
    if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) continue;
    const plurals = resources.filter((resource) => !/[*/]/.test(resource)).sort();
    for (const group of [...apiGroups].sort()) {
      for (const version of [...apiVersions].sort()) {
        const served = await optional(client.document<{ readonly resources?: readonly { readonly name: string; readonly kind: string }[] }>(group === '' ? `/api/${version}` : `/apis/${group}/${version}`));
        for (const plural of plurals) {
          const kind = served?.resources?.find(({ name }) => name === plural)?.kind;
          if (kind !== undefined && found.size < MOST_KINDS) found.set(`${group}/${version}/${kind}`, { group, version, kind });
        }
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
}

async function optional<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

type Schemas = Readonly<Record<string, JSONSchemaProps & { readonly $ref?: string; readonly 'x-kubernetes-group-version-kind'?: readonly Kind[] }>>;

class ServedTypes {
  readonly #documents = new Map<string, Promise<Schemas>>();

  constructor(private readonly client: ControllerClient) {}

  async of({ group, version, kind }: Kind): Promise<Type | undefined> {
    const path = group === '' ? `/openapi/v3/api/${version}` : `/openapi/v3/apis/${group}/${version}`;
    let document = this.#documents.get(path);
    if (!document) {
      document = optional(this.client.document<{ readonly components?: { readonly schemas?: Schemas } }>(path)).then((found) => found?.components?.schemas ?? {});
      this.#documents.set(path, document);
    }
    const schemas = await document;
    const root = Object.values(schemas).find((schema) => schema['x-kubernetes-group-version-kind']?.some((each) => each.group === group && each.version === version && each.kind === kind));
    return root && schemaType(resolved(root, schemas, new Set()), false, kind)?.type;
  }
}

/** Anything may stand where a schema says nothing that expressions understand. */
const ANYTHING: JSONSchemaProps = { 'x-kubernetes-int-or-string': true };
const UNDERSTOOD: ReadonlySet<string> = new Set(['object', 'array', 'string', 'boolean', 'number', 'integer']);

/** A schema without references. What contains itself is not followed. */
function resolved(schema: Schemas[string], schemas: Schemas, above: ReadonlySet<string>): JSONSchemaProps {
  const reference = (schema.$ref ?? (schema.allOf?.[0] as { $ref?: string } | undefined)?.$ref)?.replace('#/components/schemas/', '');
  if (reference !== undefined) {
    const target = schemas[reference];
    return target && !above.has(reference) ? resolved(target, schemas, new Set([...above, reference])) : ANYTHING;
  }
  if (!UNDERSTOOD.has(schema.type ?? '')) return ANYTHING;
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, resolved(node, schemas, above)])) }),
    ...(items && { items: resolved(items, schemas, above) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: resolved(additionalProperties, schemas, above) }),
  };
}
