import { rmSync } from 'node:fs';

/** What an earlier build left behind must not end up in a package. */
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
