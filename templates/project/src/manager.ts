import { addControllers, createManager as create, type ControllerClass, type Manager, type ManagerOptions } from '@kubewright/runtime';

// kubewright:imports

/** Every controller of the operator. */
const controllers: ControllerClass[] = [
  // kubewright:controllers
];

/** Puts the operator together. Tests call it with the transport of an embedded cluster, main.ts with that of a real one. */
export async function createManager(options: ManagerOptions = {}): Promise<Manager> {
  const manager = await create({ name: 'template-project', ...options });
  addControllers(manager, ...controllers);
  return manager;
}
