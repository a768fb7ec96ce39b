/**
 * @module expressions: what CEL expressions of admission (match conditions, policies) may use and how they are compiled, for those who check
 * them when they are written and those who run them. Running is admission/policy; this folder knows no requests.
 */
import { BASE_ENVIRONMENT, DYN, MUTATION_ENVIRONMENT, objectOf, parseType, withVariables, type Environment, type Field, type Type } from '@kubewright/cel';

/** Which variables and types there are besides `object`, `oldObject`, `request` and `namespaceObject`. */
export interface Declared {
  readonly params?: boolean;
  /** `authorizer` and `authorizer.requestResource`. */
  readonly authorizer?: boolean;
  /** `Object{…}` and `JSONPatch{…}`. */
  readonly patches?: boolean;
}

const environments = new Map<string, Environment>();

/** The environment of an expression, made once for each combination. */
export function admissionEnvironment({ params = false, authorizer = false, patches = false }: Declared): Environment {
  const key = `${params}${authorizer}${patches}`;
  let environment = environments.get(key);
  if (!environment) {
    environment = withVariables(patches ? MUTATION_ENVIRONMENT : BASE_ENVIRONMENT, {
      object: DYN, oldObject: DYN, request: REQUEST, namespaceObject: NAMESPACE,
      ...(params && { params: DYN }),
      ...(authorizer && { authorizer: parseType('Authorizer'), 'authorizer.requestResource': parseType('ResourceCheck') }),
    });
    environments.set(key, environment);
  }
  return environment;
}

function structOf(name: string, fields: Readonly<Record<string, Type | string>>): Type {
  return objectOf(`kubernetes.${name}`, new Map(Object.entries(fields).map(([field, type]): [string, Field] => [field, { name: field, type: typeof type === 'string' ? parseType(type) : type }])));
}

const KIND = structOf('GroupVersionKind', { group: 'string', version: 'string', kind: 'string' });
const RESOURCE = structOf('GroupVersionResource', { group: 'string', version: 'string', resource: 'string' });

const REQUEST = structOf('AdmissionRequest', {
  kind: KIND, resource: RESOURCE, subResource: 'string', requestKind: KIND, requestResource: RESOURCE, requestSubResource: 'string', name: 'string', namespace: 'string',
  operation: 'string', userInfo: structOf('UserInfo', { username: 'string', uid: 'string', groups: 'list(string)', extra: 'map(string, list(string))' }), dryRun: 'bool', options: 'dyn',
});

// Times are declared as such by the real server, but are texts when an expression reads them: nothing can be done with them but by dyn.
const NAMESPACE = structOf('Namespace', {
  metadata: structOf('NamespaceMetadata', {
    name: 'string', generateName: 'string', namespace: 'string', labels: 'map(string, string)', annotations: 'map(string, string)', UID: 'string', creationTimestamp: 'dyn',
    deletionGracePeriodSeconds: 'int', deletionTimestamp: 'dyn', generation: 'int', resourceVersion: 'string', finalizers: 'list(string)',
  }),
  spec: structOf('NamespaceSpec', { finalizers: 'list(string)' }),
  status: structOf('NamespaceStatus', {
    conditions: { ...parseType('list(dyn)'), parameters: [structOf('NamespaceCondition', { status: 'string', type: 'string', lastTransitionTime: 'dyn', message: 'string', reason: 'string' })] },
    phase: 'string',
  }),
});
