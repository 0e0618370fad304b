import assert from 'node:assert/strict';
import { handlerOf, named } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Bench, Check } from './subject.ts';
import { traced } from './subject.ts';

const VALID_KEY = /^[A-Za-z0-9_]{1,500}$/;

/** What arrives of annotations that a handler makes. */
async function annotationsOf(
  { subject, daemon }: Bench,
  wanted: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const pipeline = traced(subject).handler(() => {
    for (const [key, value] of Object.entries(wanted)) subject.annotate(key, value);
  });
  const { traceId } = await invoke(pipeline);
  return { ...handlerOf(await daemon.settled(), traceId).annotations };
}

/** Those of some keys that are there; the middleware has annotations of its own beside them. */
function pick(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

export const limitContract: readonly Check[] = [
  {
    point: 8,
    title: 'a value that X-Ray does not index is refused, and the annotations beside it arrive',
    run: async (bench) => {
      const values = { Null: null, List: [1], Date: new Date(0), NaN: Number.NaN, Long: 'x'.repeat(1001) };

      const annotations = await annotationsOf(bench, { Before: 1, ...values, After: true });

      assert.deepEqual(pick(annotations, ['Before', ...Object.keys(values), 'After']), {
        Before: 1,
        After: true,
      });
    },
  },
  {
    point: 8,
    title: 'a key that is empty or too long is refused',
    run: async (bench) => {
      const annotations = await annotationsOf(bench, { ['x'.repeat(501)]: 1, '': 1 });

      assert.deepEqual(pick(annotations, ['x'.repeat(500), 'x'.repeat(501), '', '_']), {});
    },
  },
  {
    point: 8,
    title: 'a character that X-Ray does not take in a key becomes _',
    run: async (bench) => {
      const annotations = await annotationsOf(bench, { 'order-id': 'o-1' });

      assert.deepEqual(pick(annotations, ['order-id', 'order_id']), { order_id: 'o-1' });
    },
  },
  {
    point: 8,
    title: 'a bigint is annotated as a number',
    run: async (bench) => {
      assert.equal((await annotationsOf(bench, { Big: 12n })).Big, 12);
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
