/** One marker of controller-gen, and how the same is said in TypeScript. */
export interface MarkerRow {
  /** All spellings. */
  readonly markers: readonly string[];
  /** Markdown. `@name` is a tag or decorator, `Name<...>` a type of `@kubewright/api`. */
  readonly typescript: string;
}

const validation = (name: string, typescript: string): MarkerRow => ({ markers: [`+kubebuilder:validation:${name}`, `+kubebuilder:validation:items:${name}`], typescript });
const row = (markers: string | readonly string[], typescript: string): MarkerRow => ({ markers: typeof markers === 'string' ? [markers] : markers, typescript });
const option = (name: string, ...more: string[]) => `\`@CustomResource({ ${[name, ...more].join(', ')} })\``;

export const MARKER_SECTIONS: Readonly<Record<string, readonly MarkerRow[]>> = {
  'Validation of values': [
    validation('Maximum', '`Max<10>`, or `@maximum 10`'),
    validation('Minimum', '`Min<1>`, or `@minimum 1`'),
    validation('ExclusiveMaximum', '`@exclusiveMaximum 10`; without a number for a `@maximum` that stands there'),
    validation('ExclusiveMinimum', '`@exclusiveMinimum 0`; without a number for a `@minimum` that stands there'),
    validation('MultipleOf', '`@multipleOf 5`'),
    validation('MaxLength', '`MaxLength<63>`, or `@maxLength 63`'),
    validation('MinLength', '`MinLength<1>`, or `@minLength 1`'),
    validation('Pattern', "`Pattern<'^[a-z]+$'>`, `@pattern ^[a-z]+$`, or a template literal type such as `` `${bigint}s` ``"),
    validation('MaxItems', '`@maxItems 16`'),
    validation('MinItems', '`@minItems 1`, or `[T, ...T[]]`'),
    validation('UniqueItems', '`SetList<T>`: the API server refuses `uniqueItems`, and so does `@uniqueItems`'),
    validation('MaxProperties', '`@maxProperties 8`'),
    validation('MinProperties', '`@minProperties 1`'),
    validation('Enum', "`'a' | 'b'`, `1 | 2`, an `enum`, or `(typeof LIST)[number]`; in source order"),
    validation('Format', "`Format<'uuid'>`, `Int32`, `Time`, ..., or `@format uuid`"),
    validation('Type', '`@type string`, on a type that the generator must not look into'),
    validation('XIntOrString', '`IntOrString`; `@pattern` and `@maxLength` may stand on it'),
    validation('XEmbeddedResource', '`EmbeddedResource`, or `@embeddedResource` on an object type'),
    validation('XPreserveUnknownFields', '`JSONValue`, `JSONObject`, `Opaque<T>`, or `@preserveUnknownFields`'),
    validation('XValidation', "`@Rule('self.min <= self.max', 'message')` on a class, `@validation {\"rule\": \"...\"}` on members, interfaces and aliases"),
  ],
  'Other markers of schemas': [
    row('+kubebuilder:validation:AtMostOneOf', "`@AtMostOneOf('a', 'b')`"),
    row('+kubebuilder:validation:ExactlyOneOf', "`@ExactlyOneOf('a', 'b')`, `OneOf<{ a: A; b: B }>`, or `{ a: A } | { b: B }`"),
    row('+kubebuilder:validation:AtLeastOneOf', "`@AtLeastOneOf('a', 'b')`"),
    row('+k8s:enum', 'an `enum`; in source order, not sorted'),
    row(['+kubebuilder:validation:Required', '+required', '+k8s:required'], 'a member without `?`; `@required` where it has one'),
    row(['+kubebuilder:validation:Optional', '+optional', '+k8s:optional'], 'a member with `?` or an initialiser; `@optional` where it has neither'),
    row('+nullable', '`T | null`'),
    row(['+kubebuilder:default', '+default'], 'an initialiser of a class member (`replicas: Int32 = 1`, `tls: Tls = new Tls()`), or `@default 1`'),
    row('+kubebuilder:example', '`@example value`'),
    row('+kubebuilder:title', '`@title text`'),
    row('+kubebuilder:externalDocs', '`@externalDocs https://example.com text`'),
    row('+kubebuilder:validation:EmbeddedResource', '`EmbeddedResource`'),
    row('+kubebuilder:pruning:PreserveUnknownFields', '`@preserveUnknownFields`'),
    row('+kubebuilder:validation:Schemaless', '`Opaque<T>`: typed in TypeScript, open in the definition'),
    row('+k8s:immutable', '`@immutable`'),
    row(['+listType', '+k8s:listType'], '`AtomicList<T>`, `SetList<T>`, `MapList<T, K>`, or `@listType atomic`'),
    row(['+listMapKey', '+k8s:listMapKey'], "`MapList<Port, 'port' | 'protocol'>`, or `@listMapKey port`"),
    row('+mapType', '`@mapType atomic`'),
    row('+structType', '`@structType atomic` on the interface or class'),
  ],
  'Markers of definitions': [
    row('+groupName', option("group: 'demo.example.com'")),
    row('+versionName', option("version: 'v1'")),
    row('+kubebuilder:object:root', '`@CustomResource` itself; there is no list type to mark'),
    row('+kubebuilder:resource', option("plural: 'widgets'", "shortNames: ['wd']", "categories: ['all']", "scope: 'Cluster'")),
    row('+kubebuilder:subresource:status', `a \`status\` member, or ${option('status: true')}`),
    row('+kubebuilder:subresource:scale', option("scale: { specReplicasPath: '.spec.replicas', ... }")),
    row('+kubebuilder:printcolumn', option("printColumns: [{ name: 'Size', path: '.spec.size' }]")),
    row('+kubebuilder:selectablefield', option("selectableFields: ['.spec.size']")),
    row('+kubebuilder:storageversion', option('storage: true')),
    row('+kubebuilder:unservedversion', option('served: false')),
    row('+kubebuilder:skipversion', 'leave the class out of `sources` in kubewright.json'),
    row('+kubebuilder:deprecatedversion', option("deprecated: 'use v1'")),
    row('+kubebuilder:metadata', option("labels: { a: 'b' }", "annotations: { c: 'd' }")),
    row('+kubebuilder:skip', 'leave the files out of `sources` in kubewright.json'),
  ],
  'Access, webhooks and Go code': [
    row('+kubebuilder:rbac', "`@Rbac({ groups: ['apps'], resources: ['deployments'], verbs: ['get'] })`; rules of `@Controller`, `@Owns`, `@Watches` and `@Dependent` are inferred"),
    row('+kubebuilder:webhook', '`@ValidatingWebhook({ for: Widget })` and `@MutatingWebhook({ for: Widget })`'),
    row('+kubebuilder:webhookconfiguration', 'the option `serving` of `generate()`'),
    row(['+kubebuilder:object:generate', '+k8s:deepcopy-gen', '+k8s:deepcopy-gen:interfaces'], 'nothing: objects are plain data, `structuredClone` copies them'),
    row(['+kubebuilder:ac:generate', '+kubebuilder:ac:output:package'], '`validatorDirectory` in kubewright.json: a type for server-side apply stands beside guard and validator'),
  ],
};
