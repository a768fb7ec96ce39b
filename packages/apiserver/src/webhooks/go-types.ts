import { GoDecodeError, type GoField, type GoShape } from '@kubewright/api';

/** Shapes of which the reviews of admission and conversion are made. */
export const goString: GoShape = { kind: 'string', type: 'string' };
export const goBool: GoShape = { kind: 'bool', type: 'bool' };
export const goStrings: GoShape = { kind: 'list', of: () => goString, type: '[]string' };
export const goStringMap: GoShape = { kind: 'map', of: () => goString, type: 'map[string]string' };
export const goUid: GoShape = { kind: 'string', type: 'types.UID' };

export function goStruct(name: string, fields: Readonly<Record<string, GoField>>): GoShape {
  return { kind: 'struct', name, type: `v1.${name}`, fields: () => fields };
}

export function optional(shape: GoShape): GoField {
  return { shape, when: 'omit' };
}

export function pointer(shape: GoShape): GoField {
  return { shape, when: 'pointer' };
}

export function always(shape: GoShape): GoField {
  return { shape, when: 'keep' };
}

/** Bytes, which travel as base64; read as the text that they are. */
export const goBytes: GoShape = {
  kind: 'custom',
  decode: (value, reader) => {
    const text = reader.readAlone(value, { kind: 'string', type: '[]uint8' });
    if (typeof text !== 'string') return '';
    const right = /^[A-Za-z0-9+/\r\n]*={0,2}/.exec(text)![0].length;
    if (right < text.length || text.replace(/[\r\n]/g, '').length % 4 !== 0) throw new GoDecodeError(`illegal base64 data at input byte ${right}`);
    return Buffer.from(text, 'base64').toString('utf8');
  },
};

/** metav1.Status, as a webhook says why it refuses. */
export const goStatus: GoShape = goStruct('Status', {
  metadata: optional({ kind: 'any' }),
  status: optional(goString),
  message: optional(goString),
  reason: optional({ kind: 'string', type: 'v1.StatusReason' }),
  details: pointer({ kind: 'any' }),
  code: optional({ kind: 'int32', type: 'int32' }),
});
