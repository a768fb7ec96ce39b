import { jsonLogger, realClock } from '@kubewright/platform';
import { setupSignalHandler } from '@kubewright/runtime';

import { createManager } from './manager.js';

const log = jsonLogger(realClock);
try {
  const manager = await createManager({ log });
  await manager.start(setupSignalHandler());
} catch (error) {
  log.error('the operator ended', { error });
  process.exitCode = 1;
}
