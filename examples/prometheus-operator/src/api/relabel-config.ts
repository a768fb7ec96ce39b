import type { UnsignedInt64 } from './scalars.js';

/** One step that rewrites the labels of a target or of its samples. */
export interface RelabelConfig {
  /** Labels whose values are joined and matched. */
  sourceLabels?: string[];
  /** Stands between the joined values. */
  separator?: string;
  /** The label that is written. */
  targetLabel?: string;
  /** Matched against the joined values. */
  regex?: string;
  /** Divides the hash of the joined values. */
  modulus?: UnsignedInt64;
  /** Written when the expression matches; groups as `$1`. */
  replacement?: string;
  /**
   * What happens on a match.
   * @default replace
   */
  action?:
    | 'replace' | 'Replace' | 'keep' | 'Keep' | 'drop' | 'Drop' | 'hashmod' | 'HashMod' | 'labelmap' | 'LabelMap' | 'labeldrop'
    | 'LabelDrop' | 'labelkeep' | 'LabelKeep' | 'lowercase' | 'Lowercase' | 'uppercase' | 'Uppercase' | 'keepequal' | 'KeepEqual'
    | 'dropequal' | 'DropEqual';
}
