import { ts } from 'ts-morph';

import { invalid, modelOf, type Resolver, type Scope, type TypeModel } from './type-model.js';

/** An object type that is nothing but an index signature is a map. */
export function indexOnly(resolver: Resolver, node: ts.Node, members: readonly ts.TypeElement[], scope: Scope): TypeModel | undefined {
  const [only] = members;
  if (members.length !== 1 || !only || !ts.isIndexSignatureDeclaration(only)) return undefined;
  return modelOfIndex(resolver, node, only, scope);
}

/** `{ [key: string]: T }`. */
export function modelOfIndex(resolver: Resolver, node: ts.Node, signature: ts.IndexSignatureDeclaration, scope: Scope): TypeModel {
  const key = signature.parameters[0]?.type;
  if (!key || key.kind !== ts.SyntaxKind.StringKeyword)
    return invalid(resolver, 'KW1006', signature, `map keys must be strings, not ${key?.getText() ?? 'any'}`);
  return modelOf(node, { kind: 'map', value: () => resolver.resolve(signature.type, scope) });
}

/** `number`: an integer or a float. */
export function bareNumber(resolver: Resolver, node: ts.Node): TypeModel {
  return modelOf(node, { kind: 'schema', schema: { type: 'number' }, isVague: !resolver.context.settings.allowDangerousTypes });
}

export function notData(resolver: Resolver, node: ts.Node): TypeModel {
  const what =
    node.kind === ts.SyntaxKind.SymbolKeyword || ts.isTypeOperatorNode(node)
      ? 'a symbol'
      : ts.isConstructorTypeNode(node)
        ? 'a constructor'
        : 'a function';
  return invalid(resolver, 'KW1008', node, `${what} is no data and can not be in a resource`, 'mark the member with @ignore');
}

/** Computes a value at its first use. */
export function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
