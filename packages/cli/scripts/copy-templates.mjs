// The templates lie at the root of the repository, where they are read and tested; the package carries a copy while it is packed.
import { cpSync, rmSync } from 'node:fs';

const target = new URL('../templates', import.meta.url);
rmSync(target, { recursive: true, force: true });
if (!process.argv.includes('--remove')) cpSync(new URL('../../../templates', import.meta.url), target, { recursive: true });
