/** @module table: objects as kubectl prints them (meta.k8s.io/v1 Table). */
import type { KubeObject } from '@kubewright/api';

/** One column's head. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** Turns objects of one kind into rows. */
export interface TableConvertor {
  readonly columns: readonly TableColumn[];
  /** Whether the rows of an empty list are null: so the generic convertor of the real server has it. @default false */
  readonly hasNoEmptyRows?: boolean;
  /** @param now milliseconds since the epoch, for ages */
  cells(object: KubeObject, now: number): readonly unknown[];
}
