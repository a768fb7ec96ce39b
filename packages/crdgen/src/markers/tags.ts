/** What a tag's value has to be. */
export type TagValue = 'number' | 'count' | 'text' | 'word' | 'flag' | 'number-or-flag' | 'json' | 'json-or-word';

/** Which schemas a tag may stand on. */
export type TagTarget = 'numeric' | 'string' | 'array' | 'object' | 'any';

/** One tag, as its reference page says it too. */
export interface TagRule {
  readonly value: TagValue;
  readonly target: TagTarget;
  readonly about: string;
}

const rule = (value: TagValue, target: TagTarget, about: string): TagRule => ({ value, target, about });

/** The tags that change a schema. */
export const TAGS: Readonly<Record<string, TagRule>> = {
  minimum: rule('number', 'numeric', 'The least number that is allowed.'),
  maximum: rule('number', 'numeric', 'The greatest number that is allowed.'),
  exclusiveMinimum: rule('number-or-flag', 'numeric', 'A bound that itself is not allowed; without a number it does that to `@minimum`.'),
  exclusiveMaximum: rule('number-or-flag', 'numeric', 'A bound that itself is not allowed; without a number it does that to `@maximum`.'),
  multipleOf: rule('number', 'numeric', 'Only multiples of this number are allowed.'),
  minLength: rule('count', 'string', 'The least number of characters.'),
  maxLength: rule('count', 'string', 'The greatest number of characters. Bounds keep the cost of CEL rules low.'),
  pattern: rule('text', 'string', "A regular expression of Go's RE2 that must be found in the text; anchor it with ^ and $. It is everything to the end of the line, without quotes."),
  minItems: rule('count', 'array', 'The least number of items.'),
  maxItems: rule('count', 'array', 'The greatest number of items. Bounds keep the cost of CEL rules low.'),
  uniqueItems: rule('flag', 'array', 'Refused, since the API server refuses it: use `SetList<T>`.'),
  minProperties: rule('count', 'object', 'The least number of properties or map entries.'),
  maxProperties: rule('count', 'object', 'The greatest number of properties or map entries.'),
  format: rule('word', 'any', 'A named format. A format that the server does not know is a warning, since it is ignored there.'),
  type: rule('word', 'any', 'Takes the type from the tag and does not look at the TypeScript type.'),
  default: rule('json-or-word', 'any', 'What is filled in when the field is absent: JSON, or a word. The member stays required if it is; a class initialiser makes it optional too.'),
  example: rule('json-or-word', 'any', 'An example for documentation: JSON, or a word.'),
  title: rule('text', 'any', 'A title for documentation.'),
  externalDocs: rule('text', 'any', 'A URL with documentation, and a text for it.'),
  listType: rule('word', 'array', 'How lists are merged by server-side apply: `atomic`, `set` or `map`. `AtomicList`, `SetList` and `MapList` say the same as types.'),
  listMapKey: rule('word', 'array', 'A property that tells the items of a map list apart; once for each. It implies `@listType map`.'),
  mapType: rule('word', 'object', 'How maps are merged by server-side apply: `granular` or `atomic`.'),
  structType: rule('word', 'object', 'The same as `@mapType`, for objects with named properties.'),
  preserveUnknownFields: rule('flag', 'any', 'Fields that the schema does not name are kept and not pruned.'),
  embeddedResource: rule('flag', 'object', 'The object is a complete Kubernetes object: the server checks its apiVersion, kind and metadata.'),
  validation: rule('json', 'any', 'A rule in CEL, as JSON with `rule`, and `message`, `messageExpression`, `reason`, `fieldPath`, `optionalOldSelf` where wanted. Rules keep their order.'),
  immutable: rule('flag', 'any', 'The field can not be changed once it is set; an optional field can not be taken away either.'),
  ignore: rule('flag', 'any', 'The member is no part of the API.'),
  optional: rule('flag', 'any', 'The member need not be there, although it is declared without `?`.'),
  required: rule('flag', 'any', 'The member must be there, although it is declared with `?`.'),
  union: rule('word', 'any', 'Which property tells the members of a union apart, when several could.'),
  maxDepth: rule('count', 'any', 'Unrolls a recursive type this many levels; what is deeper is kept and not checked.'),
  schema: rule('json', 'any', 'Keywords to lay over the schema, as JSON; null takes one away. For what no type and no other tag can say.'),
};

/** Tags of TSDoc, JSDoc and TypeDoc: allowed, and dropped from the description with the block that follows them. */
const DOCUMENTATION = new Set(
  `abstract alpha async author author beta category class classdesc constant copyright decorator defaultValue deprecated description document eventProperty
  experimental expand file fileoverview func function group hidden implements include inheritDoc inheritdoc inline interface internal kind label license link linkcode linkplain member
  memberof mergeModuleWith method module name namespace overload override packageDocumentation param preventExpand primaryExport private privateRemarks prop property protected public readonly
  reference remarks return returns satisfies sealed see since sortStrategy static summary template this throws todo tutorial typedef typeParam use variation version virtual yields`.split(
    /\s+/,
  ),
);

/** Whether the tag's value ends with its line, so that prose after it is still description. */
export function isLineTag(name: string): boolean {
  return !DOCUMENTATION.has(name);
}

/** Whether the value may be JSON that goes on over several lines. */
export function isJsonTag(name: string): boolean {
  const value = TAGS[baseName(name)]?.value;
  return value === 'json' || value === 'json-or-word';
}

export function isDocumentationTag(name: string): boolean {
  return DOCUMENTATION.has(name);
}

/** `items.items.minLength` is `minLength`, two levels down. */
export function baseName(name: string): string {
  return name.replace(/^(?:items\.)+/, '');
}

/** How many `items.` a tag's name begins with. */
export function itemsDepth(name: string): number {
  return (/^(?:items\.)+/.exec(name)?.[0].length ?? 0) / 'items.'.length;
}
