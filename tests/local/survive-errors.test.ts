import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runNode } from '../helpers/run.ts';

it('an error that nothing caught is told and ends nothing, whatever a framework does about it', async () => {
  const program = `
    import { surviveErrors } from './local/survive-errors.ts';
    process.once('uncaughtException', () => process.exit(7));
    const end = surviveErrors((text) => console.log('TOLD', text.split('\\n')[0]));
    setTimeout(() => { throw new Error('thrown'); }, 1);
    setTimeout(() => { void Promise.reject(new Error('rejected')); }, 5);
    setTimeout(() => { end(); throw new Error('the framework may end this one'); }, 10);
  `;
  const { stdout, exited } = runNode(
    ['--input-type=module', '--eval', program],
    join(import.meta.dirname, '../..'),
  );

  expect(await exited).toBe(7);
  expect(stdout()).toContain('goes on: Error: thrown');
  expect(stdout()).toContain('goes on: Error: rejected');
  expect(stdout()).not.toContain('TOLD the framework');
});

it('a terminal that is gone is no such error: telling it would be the next one', async () => {
  const program = `
    import { surviveErrors } from './local/survive-errors.ts';
    let told = 0;
    surviveErrors(() => { told += 1; process.stdout.write('told'); });
    setInterval(() => process.stdout.write('x'), 1);
    setTimeout(() => { process.stderr.write('told ' + told); process.exit(3); }, 200);
  `;
  const { child, output, exited } = runNode(
    ['--input-type=module', '--eval', program],
    join(import.meta.dirname, '../..'),
  );
  child.stdout?.once('data', () => child.stdout?.destroy());

  expect(await exited).toBe(3);
  expect(output()).toContain('told 0');
});
