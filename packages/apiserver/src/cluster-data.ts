import type { Logger, Scheduler } from '@kubewright/platform';

import type { ApiServer } from './api-server.js';
import type { Listening } from './listener/listen-options.js';
import { DataFolder, type DataFolderOptions } from './storage/disk/data-folder.js';

/** Where a cluster keeps what is stored: a folder, or a folder with settings. */
export type ClusterData = string | ({ readonly folder: string } & Pick<DataFolderOptions, 'fsync' | 'snapshotAfter'>);

/** Takes the folder of a cluster. @throws DataFolderError */
export function openClusterData(data: ClusterData, scheduler: Scheduler, log: Logger): DataFolder {
  const { folder, ...options } = typeof data === 'string' ? { folder: data } : data;
  return new DataFolder(folder, { ...options, scheduler, log });
}

/** Listens. Where any port will do, the one of last time is taken if it is free, so that kubeconfigs of before still lead here. */
export async function listenWithData(server: ApiServer, data: DataFolder | undefined, options: { readonly port: number; readonly host?: string }, log: Logger): Promise<Listening> {
  const last = data?.identity.identity.port;
  if (options.port !== 0 || last === undefined) return remember(data, await server.listen(options));
  try {
    return await server.listen({ ...options, port: last });
  } catch (error) {
    log.warn('the port of last time is taken, kubeconfigs of before do not lead here', { port: last, error });
    return remember(data, await server.listen(options));
  }
}

function remember(data: DataFolder | undefined, listening: Listening): Listening {
  if (data && data.identity.identity.port !== listening.port) data.identity.set({ port: listening.port });
  return listening;
}
