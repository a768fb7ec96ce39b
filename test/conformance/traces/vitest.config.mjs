import { defineConfig, mergeConfig } from 'vitest/config';

import base from '../../../vitest.config.ts';

// Longer than the other tests together, so it is a part of CI of its own: npx vitest run --config test/conformance/traces/vitest.config.mjs
export default mergeConfig({ ...base, test: { ...base.test, include: [] } }, defineConfig({ test: { root: '.', include: ['test/conformance/traces/traces.replay.ts'] } }));
