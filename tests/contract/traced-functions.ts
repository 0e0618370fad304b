import assert from 'node:assert/strict';
import middy from '@middy/core';
import { named } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Check } from './subject.ts';

export const functionContract: readonly Check[] = [
  {
    point: 11,
    title: 'a synchronous function stays synchronous, and throws what it throws',
    run: async ({ subject, daemon }) => {
      const error = new RangeError('mine');
      let seen: unknown;
      const pipeline = middy()
        .use(subject.middleware())
        .handler(() => {
          assert.equal(
            subject.trace('sync', () => 42),
            42,
          );
          try {
            subject.trace('throws', () => {
              throw error;
            });
          } catch (caught) {
            seen = caught;
          }
        });
      const { thrown } = await invoke(pipeline);

      assert.equal(thrown, undefined);
      assert.equal(seen, error);
      assert.equal(named(await daemon.settled(), 'throws').fault, true);
    },
  },
  {
    point: 11,
    title: 'outside of an invocation a traced function runs, and nothing is recorded',
    run: async ({ subject, daemon }) => {
      delete process.env._X_AMZN_TRACE_ID;
      assert.equal(
        subject.trace('outside', () => 'result'),
        'result',
      );
      assert.deepEqual(await daemon.settled(), []);
    },
  },
];
