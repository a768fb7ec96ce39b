import { CustomResource, type Int32, type MapList, type Condition } from '@kubewright/api';

/** What a Widget is, in one sentence: it shows up as the description of the definition. */
@CustomResource({
  group: 'demo.example.com',
  version: 'v1',
  printColumns: [
    { name: 'Size', path: '.spec.size' },
    { name: 'Ready', path: ".status.conditions[?(@.type == 'Ready')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
})
export class Widget {
  /** What is wanted. */
  spec!: WidgetSpec;
  /** What is. */
  status?: WidgetStatus;
}

/** What is wanted of a Widget. */
export interface WidgetSpec {
  /**
   * How large it is.
   * @minimum 1
   * @maximum 10
   * @default 1
   */
  size?: Int32;
}

/** What is. */
export interface WidgetStatus {
  /** How large it was made. */
  size?: Int32;
  /** What it is in. */
  conditions?: MapList<Condition, 'type'>;
}
