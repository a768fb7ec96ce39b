/**
 * @module apiextensions: custom resources. definition-strategy.ts is the resource customresourcedefinitions itself (reading, defaults,
 * validation: validate-definition.ts), custom-resource.ts turns a definition into resources that the server can serve, and
 * custom-resource-definitions.ts keeps the two in step: names, Established, clean-up. Rules (x-kubernetes-validations) are stored and not enforced.
 */
import type { JSONSchemaProps } from '@kubewright/api';
import type {
  CustomResourceDefinition, CustomResourceDefinitionCondition, CustomResourceDefinitionNames, CustomResourceDefinitionVersion,
} from '@kubewright/api/apiextensions/v1';

export type Definition = CustomResourceDefinition;
export type DefinitionVersion = CustomResourceDefinitionVersion;
export type DefinitionNames = CustomResourceDefinitionNames;
export type DefinitionCondition = CustomResourceDefinitionCondition;

/** Keeps a definition until its instances are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * A schema as it comes in a definition: it may have keywords that a structural schema must not have, and is looked at before anybody knows
 * whether it is one.
 */
export type GivenSchema = Omit<JSONSchemaProps, GivenKeys> & {
  readonly id?: string;
  readonly $schema?: string;
  readonly items?: GivenSchema | readonly GivenSchema[];
  readonly properties?: Readonly<Record<string, GivenSchema>>;
  readonly additionalProperties?: boolean | GivenSchema;
  readonly patternProperties?: Readonly<Record<string, GivenSchema>>;
  readonly dependencies?: Readonly<Record<string, GivenSchema | readonly string[]>>;
  readonly additionalItems?: boolean | GivenSchema;
  readonly definitions?: Readonly<Record<string, GivenSchema>>;
  readonly allOf?: readonly GivenSchema[];
  readonly anyOf?: readonly GivenSchema[];
  readonly oneOf?: readonly GivenSchema[];
  readonly not?: GivenSchema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-map-type'?: string;
};

type GivenKeys = 'items' | 'properties' | 'additionalProperties' | 'allOf' | 'anyOf' | 'oneOf' | 'not' | 'x-kubernetes-list-type' | 'x-kubernetes-map-type';

/** The schema of a version; undefined when it has none. */
export function schemaOf(version: DefinitionVersion): GivenSchema | undefined {
  return version.schema?.openAPIV3Schema;
}

export function findCondition(definition: Definition, type: string): DefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(definition: Definition, type: string): boolean {
  return findCondition(definition, type)?.status === 'True';
}

/** The single schema of items; a list of schemas is no structural schema and counts as none. */
export function itemsOf(schema: GivenSchema): GivenSchema | undefined {
  return Array.isArray(schema.items) ? undefined : (schema.items as GivenSchema | undefined);
}

/** The schema of values of a map; `true` and `false` have none. */
export function valuesOf(schema: GivenSchema): GivenSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** Whether `test` holds anywhere in a schema. */
export function someSchema(schema: GivenSchema | undefined, test: (node: GivenSchema) => boolean): boolean {
  if (schema === undefined) return false;
  if (test(schema)) return true;
  const children = [
    ...(Array.isArray(schema.items) ? (schema.items as readonly GivenSchema[]) : [itemsOf(schema)]),
    ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), schema.not, valuesOf(schema),
    ...Object.values(schema.properties ?? {}),
  ];
  return children.some((child) => someSchema(child, test));
}
