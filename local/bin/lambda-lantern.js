#!/usr/bin/env node
import { existsSync } from 'node:fs';

// In the repository nothing needs to be built for it: the sources run. They are no part of the package.
const source = new URL('../cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href);
