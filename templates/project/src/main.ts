import { jsonLogger, realClock } from '@kubewright/platform';
import { loadConfig, terminationSignal } from '@kubewright/runtime';

import { createManager } from './manager.js';

const log = jsonLogger(realClock);
try {
  const manager = await createManager({ config: await loadConfig(), log });
  await manager.start(terminationSignal());
} catch (error) {
  log.error('the operator ended', { error });
  process.exitCode = 1;
}
