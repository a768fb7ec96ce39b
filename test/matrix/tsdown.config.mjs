import { defineConfig } from 'tsdown';

export default defineConfig({ entry: ['src/main.ts'], outDir: 'out/tsdown', format: 'esm', platform: 'node', target: 'node20', dts: false });
