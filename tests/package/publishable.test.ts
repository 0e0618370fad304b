import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { runNode } from '../helpers/run.ts';
import { PACKAGES } from './packages.ts';

const BIN = join(import.meta.dirname, '../../node_modules');
const PUBLINT = join(BIN, 'publint/src/cli.js');
const ATTW = join(BIN, '@arethetypeswrong/cli/dist/index.js');

describe.each(PACKAGES.map(({ manifest }) => manifest))('$name, as it is packed', ({ name, version }) => {
  const tarball = (): string => join(inject('tarballs'), `${name}-${version}.tgz`);

  it('passes publint, warnings included', async () => {
    const publint = runNode([PUBLINT, 'run', tarball(), '--strict'], import.meta.dirname);
    expect([await publint.exited, publint.output()]).toEqual([0, expect.stringContaining('All good')]);
  });

  it('has types that resolve wherever its code does', async () => {
    // ES modules only: every supported Node can require() them.
    const attw = runNode([ATTW, tarball(), '--profile', 'esm-only', '--no-emoji'], import.meta.dirname);
    expect([await attw.exited, attw.output()]).toEqual([0, expect.stringContaining('OK (ESM)')]);
  });

  it('has a readme, licences and nothing but what is needed to run it', () => {
    const files = execFileSync('tar', ['-tzf', tarball()], { encoding: 'utf8' }).trim().split('\n');
    expect(files).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE']));
    const foreign = files.filter(
      (path) => !/^package\/((bin|dist|licenses)\/|[^/]+\.(md|json)$|LICENSE$)/.test(path),
    );
    expect(foreign).toEqual([]);
  });
});
