import type { JSONSchemaProps } from '@kubewright/api';

/** Shortens every description to a number of bytes: whole sentences where one fits, else whole words and `...`. */
export function trimDescriptions(schema: JSONSchemaProps, maxBytes: number | undefined): JSONSchemaProps {
  if (maxBytes === undefined) return schema;
  const { description, ...rest } = schema;
  const trim = (child: JSONSchemaProps) => trimDescriptions(child, maxBytes);
  const text = description === undefined ? undefined : shorten(description, maxBytes);
  return {
    ...(text ? { description: text } : {}),
    ...rest,
    ...(rest.properties ? { properties: Object.fromEntries(Object.entries(rest.properties).map(([name, child]) => [name, trim(child)])) } : {}),
    ...(rest.items ? { items: trim(rest.items) } : {}),
    ...(typeof rest.additionalProperties === 'object' ? { additionalProperties: trim(rest.additionalProperties) } : {}),
  };
}

/** Sentence first, then word; nothing at all for 0. */
export function shorten(text: string, maxBytes: number): string {
  if (maxBytes <= 0) return '';
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  // A cut inside a character leaves a replacement character behind.
  const cut = bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\uFFFD+$/, '');
  const ends = [...cut.matchAll(/\p{Sentence_Terminal}/gu)];
  const last = ends.at(-1);
  if (last) return cut.slice(0, last.index + last[0].length);
  const space = cut.search(/\s\S*$/);
  return space > 0 ? `${cut.slice(0, space)}...` : `${cut}...`;
}
