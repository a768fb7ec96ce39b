import type { OrderedIndex } from './ordered-index.js';
import type { Version } from './version.js';

/** The objects of one resource with those who follow them. */
export interface Collection {
  readonly group: string;
  readonly plural: string;
  readonly index: OrderedIndex;
  readonly listeners: Set<(version: Version) => void>;
}
