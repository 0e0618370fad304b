import assert from 'node:assert/strict';
import middy from '@middy/core';
import { handlerOf, named } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Check, Subject } from './subject.ts';

const traced = (subject: Subject) => middy().use(subject.middleware());
const VALID_KEY = /^[A-Za-z0-9_]{1,500}$/;

export const limitContract: readonly Check[] = [
  {
    point: 8,
    title: 'what X-Ray would drop is put right or refused, and everything else arrives',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() => {
        const bad: ReadonlyArray<readonly [string, unknown]> = [
          ['null', null],
          ['array', [1]],
          ['date', new Date(0)],
          ['nan', Number.NaN],
          ['long', 'x'.repeat(1001)],
          ['x'.repeat(501), 1],
          ['', 1],
        ];
        for (const [key, value] of bad) subject.annotate(key, value);
        subject.annotate('order-id', 'o-1');
        subject.annotate('big', 12n);
        subject.annotate('Good', true);
      });
      const { traceId } = await invoke(pipeline);

      const annotations = { ...handlerOf(await daemon.settled(), traceId).annotations };
      delete annotations.ColdStart;
      delete annotations.Service;
      assert.deepEqual(annotations, { order_id: 'o-1', big: 12, Good: true });
    },
  },
  {
    point: 8,
    title: 'no trace has more than fifty annotations',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() => {
        for (let index = 0; index < 30; index += 1) subject.annotate(`a${index}`, index);
        subject.trace('inner', () => {
          for (let index = 0; index < 30; index += 1) subject.annotate(`b${index}`, index);
        });
      });
      const { traceId } = await invoke(pipeline);

      const documents = await daemon.settled();
      const keys = [handlerOf(documents, traceId), named(documents, 'inner')].flatMap(({ annotations }) =>
        Object.keys(annotations ?? {}),
      );
      assert.equal(keys.length, 50);
      assert.ok(keys.every((key) => VALID_KEY.test(key)));
    },
  },
  {
    point: 9,
    title: 'a subsegment with a megabyte of metadata arrives without it, and says so',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() => {
        subject.annotate('Kept', 1);
        subject.addMetadata('big', 'x'.repeat(1_000_000));
      });
      const { traceId } = await invoke(pipeline);

      const handler = handlerOf(await daemon.settled(), traceId);
      assert.equal(handler.annotations?.Kept, 1);
      assert.match(JSON.stringify(handler.metadata), /"cut":\[/);
    },
  },
  {
    point: 9,
    title: 'an error with a message of a megabyte and a long chain of causes arrives',
    run: async ({ subject, daemon }) => {
      let error = new Error('innermost');
      for (let depth = 0; depth < 200; depth += 1) error = new Error('m'.repeat(5_000), { cause: error });
      const pipeline = traced(subject).handler(() => {
        throw new TypeError('x'.repeat(1_000_000), { cause: error });
      });
      const { traceId } = await invoke(pipeline);

      assert.equal(handlerOf(await daemon.settled(), traceId).fault, true);
    },
  },
  {
    point: 9,
    title: 'metadata that cannot be written as JSON costs only itself',
    run: async ({ subject, daemon }) => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const pipeline = traced(subject).handler(() => {
        subject.annotate('Kept', 1);
        subject.addMetadata('circular', circular);
      });
      const { traceId } = await invoke(pipeline);

      assert.equal(handlerOf(await daemon.settled(), traceId).annotations?.Kept, 1);
    },
  },
];
