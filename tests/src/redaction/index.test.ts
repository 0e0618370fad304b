import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runNode } from '../../helpers/run.ts';

const SOURCES = join(import.meta.dirname, '../../../src');

describe('lambda-lantern/redaction', () => {
  it('redacts, and loads nothing but its own folder and modules of Node', async () => {
    const entry = pathToFileURL(join(SOURCES, 'redaction/index.ts')).href;
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      const { createRedactor, redact } = await import(${JSON.stringify(entry)});
      const value = { id: 'o-1', email: 'jane@example.com' };
      console.log('RESULT ' + JSON.stringify({
        shape: redact(value, { allow: ['id'] }),
        values: createRedactor({ mode: 'values' })(value),
        loaded,
      }));`;
    const run = runNode(['--input-type=module', '--eval', program], SOURCES);

    expect(await run.exited).toBe(0);
    const result = JSON.parse(/^RESULT (.*)$/m.exec(run.output())?.[1] ?? '') as {
      shape: unknown;
      values: unknown;
      loaded: string[];
    };
    expect(result.shape).toEqual({ id: 'o-1', email: '<string, below 256 characters>' });
    expect(result.values).toEqual({ id: 'o-1', email: '[contact]' });
    const folder = pathToFileURL(join(SOURCES, 'redaction/')).href;
    expect(result.loaded.length).toBeGreaterThan(10);
    expect(result.loaded.filter((url) => !url.startsWith(folder) && !url.startsWith('node:'))).toEqual([]);
  });
});
