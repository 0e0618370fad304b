#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`Lambda Lantern needs Node.js 22.13 or later, and this is ${process.version}.\n`);
  process.exit(1);
}

// In the repository nothing needs to be built for it: the sources run. They are no part of the package.
const source = new URL('../cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href);
