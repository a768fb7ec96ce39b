/**
 * tsyringe, after the polyfill that it needs: the only place where either is imported, and the order matters. `@inject(Token)` before every
 * constructor parameter is all that a controller, or a class it depends on, needs.
 */
import 'reflect-metadata';

export { container as rootContainer, inject, injectable, Lifecycle, type DependencyContainer, type InjectionToken } from 'tsyringe';

const TOKENS = 'injectionTokens';

/** What one parameter asks for, as tsyringe keeps it. */
export interface ParameterToken {
  readonly token: unknown;
  readonly isOptional?: boolean;
  readonly multiple?: boolean;
}

/** The explicit tokens of a class's constructor by parameter; those of the class it extends where it has none of its own. */
export function tokensOf(target: Function): ReadonlyMap<number, ParameterToken> {
  for (let at: unknown = target; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    const tokens = Reflect.getOwnMetadata(TOKENS, at) as Record<number, unknown> | undefined;
    if (tokens) return new Map(Object.entries(tokens).map(([index, token]) => [Number(index), isDescriptor(token) ? token : { token }]));
    if (at.length > 0) break;
  }
  return new Map();
}

/** Gives a class that inherits its constructor the tokens that stand on the class it inherits it from. */
export function adoptTokens(target: Function): void {
  if (Reflect.hasOwnMetadata(TOKENS, target)) return;
  const tokens = tokensOf(target);
  if (tokens.size > 0) Reflect.defineMetadata(TOKENS, Object.fromEntries(tokens), target);
}

function isDescriptor(token: unknown): token is ParameterToken {
  return typeof token === 'object' && token !== null && 'token' in token;
}
