/** What a tag's value has to be. */
export type TagValue = 'number' | 'count' | 'text' | 'word' | 'flag' | 'number-or-flag' | 'json' | 'json-or-word';

/** Which schemas a tag may stand on. */
export type TagTarget = 'numeric' | 'string' | 'array' | 'object' | 'any';

interface TagRule {
  readonly value: TagValue;
  readonly target: TagTarget;
}

const rule = (value: TagValue, target: TagTarget): TagRule => ({ value, target });

/** The tags that change a schema. */
export const TAGS: Readonly<Record<string, TagRule>> = {
  minimum: rule('number', 'numeric'),
  maximum: rule('number', 'numeric'),
  exclusiveMinimum: rule('number-or-flag', 'numeric'),
  exclusiveMaximum: rule('number-or-flag', 'numeric'),
  multipleOf: rule('number', 'numeric'),
  minLength: rule('count', 'string'),
  maxLength: rule('count', 'string'),
  pattern: rule('text', 'string'),
  minItems: rule('count', 'array'),
  maxItems: rule('count', 'array'),
  uniqueItems: rule('flag', 'array'),
  minProperties: rule('count', 'object'),
  maxProperties: rule('count', 'object'),
  format: rule('word', 'any'),
  type: rule('word', 'any'),
  default: rule('json-or-word', 'any'),
  example: rule('json-or-word', 'any'),
  title: rule('text', 'any'),
  externalDocs: rule('text', 'any'),
  listType: rule('word', 'array'),
  listMapKey: rule('word', 'array'),
  mapType: rule('word', 'object'),
  structType: rule('word', 'object'),
  preserveUnknownFields: rule('flag', 'any'),
  embeddedResource: rule('flag', 'object'),
  validation: rule('json', 'any'),
  immutable: rule('flag', 'any'),
  ignore: rule('flag', 'any'),
  optional: rule('flag', 'any'),
  required: rule('flag', 'any'),
  union: rule('word', 'any'),
  maxDepth: rule('count', 'any'),
  schema: rule('json', 'any'),
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
