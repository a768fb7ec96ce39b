import { Cache } from '../cache/cache.js';
import { RestMapper } from '../client/rest-mapper.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { Manager } from '../manager/manager.js';
import { adoptTokens, injectable, Lifecycle, rootContainer, tokensOf, type DependencyContainer, type InjectionToken, type ParameterToken } from './injection.js';
import type { AnyClass } from './metadata.js';
import * as tokens from './tokens.js';

const CONTAINER = Symbol.for('kubewright.container');

/**
 * The container of a manager: a child of tsyringe's root that knows what the manager has. Own values go in before the controllers that need
 * them are added: `containerOf(manager).register(Settings, { useValue: settings })`.
 */
export function containerOf(manager: Manager): DependencyContainer {
  const known = (manager as unknown as Record<symbol, DependencyContainer | undefined>)[CONTAINER];
  if (known) return known;
  const container = rootContainer.createChildContainer();
  const values: readonly (readonly [InjectionToken, unknown])[] = [
    [Manager, manager],
    [Cache, manager.cache],
    [RestMapper, manager.restMapper],
    [tokens.Client, manager.client],
    [tokens.Watcher, manager.client],
    [tokens.ApiReader, manager.apiReader],
    [tokens.EventRecorder, manager.recorderFor(manager.name)],
    [tokens.Logger, manager.log],
    [tokens.Clock, manager.clock],
    [tokens.Random, manager.random],
  ];
  for (const [token, value] of values) container.register(token, { useValue: value });
  Object.defineProperty(manager, CONTAINER, { value: container });
  return container;
}

/**
 * Makes a class, and every class that its constructor asks for, known to the container, one instance each. Nothing depends on emitted type
 * metadata (esbuild and tsx write none): every parameter needs a token.
 *
 * @throws KubewrightError KW_NO_PARAM_METADATA or KW_GLOBAL_REGISTRATION naming class, parameter and cure
 */
export function registerClass(container: DependencyContainer, target: AnyClass, path: readonly AnyClass[] = []): void {
  const constructible = target as new (...args: unknown[]) => object;
  if (container.isRegistered(constructible)) return;
  if (rootContainer.isRegistered(constructible)) {
    const name = nameOf(target);
    throw new KubewrightError('KW_GLOBAL_REGISTRATION', `class ${name} is registered on tsyringe's global container, where managers and tests would share it`, {
      hint: `Remove @singleton(), @registry() or container.register() from ${name}: each manager makes its own instance. Values go into containerOf(manager).`,
    });
  }
  const given = tokensOf(target);
  for (let index = 0; index < Math.max(target.length, given.size); index++) checkParameter(container, [...path, target], index, given.get(index));
  adoptTokens(target);
  injectable()(constructible);
  container.register(constructible, { useClass: constructible }, { lifecycle: Lifecycle.ContainerScoped });
}

/** @param path the classes that led here; the last one's parameter is looked at */
function checkParameter(container: DependencyContainer, path: readonly AnyClass[], index: number, given: ParameterToken | undefined): void {
  const target = path.at(-1)!;
  const token = given?.token;
  const where = `class ${nameOf(target)}: constructor parameter ${index}`;
  if (token === undefined) {
    throw new KubewrightError('KW_NO_PARAM_METADATA', `${where} has no token, or its token is undefined where the class is defined`, {
      hint: `Write @inject(Token) before parameter ${index}, as in constructor(@inject(Client) client: Client). If it is there, an import cycle hides its token.`,
    });
  }
  if (typeof token === 'string' || typeof token === 'symbol') {
    if (given?.isOptional || container.isRegistered(token, true)) return;
    throw new KubewrightError('KW_NO_PARAM_METADATA', `${where} asks for ${String(token)}, and nothing is registered under that token`, {
      hint: `Call containerOf(manager).register(${String(token)}, { useValue: … }) before the controller is added.`,
    });
  }
  if (typeof token !== 'function') return; // a delayed constructor is looked at when it is first used
  if (path.includes(token as AnyClass)) {
    const circle = [...path, token].map(nameOf).join(' -> ');
    throw new KubewrightError('KW_NO_PARAM_METADATA', `${where} closes a circle: ${circle}`, { hint: 'Move what both need into a third class.' });
  }
  registerClass(container, token as AnyClass, path);
}

function nameOf(target: { readonly name: string }): string {
  return target.name || '(anonymous)';
}
