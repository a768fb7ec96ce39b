import { createManager as create, type Manager, type ManagerOptions } from '@kubewright/runtime';

// kubewright:imports

/** Puts the operator together. Tests call it with the transport of an embedded cluster, main.ts with that of a real one. */
export function createManager(options: ManagerOptions): Promise<Manager> {
  return create({
    ...options,
    controllers: [
      // kubewright:controllers
    ],
  });
}
