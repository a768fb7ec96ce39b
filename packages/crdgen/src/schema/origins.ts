import type { ts } from 'ts-morph';

/** Remembers for each schema node which declaration it came from, so that whatever is wrong with it is shown in the user's source. */
export class Origins {
  private readonly nodes = new WeakMap<object, ts.Node>();

  set(schema: object, node: ts.Node): void {
    this.nodes.set(schema, node);
  }

  of(schema: object): ts.Node | undefined {
    return this.nodes.get(schema);
  }
}
