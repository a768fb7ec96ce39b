import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their TypeScript sources, so a test never runs against a stale build.
const conditions = ['@kubewright/source', 'node', 'import', 'default'];

export default defineConfig({
  // Sources and tests alike: the packages' own tsconfigs leave the tests out.
  oxc: { decorator: { legacy: true } },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/bench/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
