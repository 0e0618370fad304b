import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { describe, expect, it } from 'vitest';
import { completeOf, exceptionsOf, handlerOf, isHandler, named } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import { recorderOfTests } from '../../helpers/recorders.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import { annotate, traced } from '../../../src/telemetry/traced.ts';

const { daemon, tracer } = await recorderOfTests('xray');

/** Runs `fn` as a handler that is recorded; what it returns or throws. */
async function recorded<R>(fn: () => R): Promise<Awaited<R>> {
  const { response, thrown } = await invoke(
    middy()
      .use(tracing({ tracer, name: '## handler' }))
      .handler(async () => ({ result: await fn() })),
  );
  await daemon.until((all) => completeOf(all).some(isHandler));
  if (thrown !== undefined) throw thrown.error;
  return (response as { result: Awaited<R> }).result;
}

class RichPromise<T> extends Promise<T> {
  json(): string {
    return 'json';
  }
}

/** A promise as an API client has it: its constructor takes something else, and its `then` does the work. */
class LazyPromise extends Promise<string> {
  reads = 0;
  override then(...args: Parameters<Promise<string>['then']>): never {
    this.reads += 1;
    return super.then(...args) as never;
  }
}

describe('what a traced function returns', () => {
  const thenable = () => {
    const query = { runs: 0, then: () => (query.runs += 1), where: () => query };
    return query;
  };
  const lazy = () => new LazyPromise((resolve) => resolve('x'));

  it.each([
    ['a promise', () => Promise.resolve(1)],
    ['a promise that is pending', () => sleep(1)],
    ['a promise with methods', () => Object.assign(Promise.resolve(1), { withResponse: () => 1 })],
    ['a promise of a subclass', () => new RichPromise((resolve) => resolve(1))],
    ['a frozen promise', () => Object.freeze(Promise.resolve(1))],
    ['a lazy thenable', thenable],
    ['a promise with a then of its own', lazy],
    ['a function', () => () => 1],
    ['an object', () => ({})],
    ['nothing', () => undefined],
  ])('is the same object: %s', async (_what, make: () => unknown) => {
    await recorded(() => {
      const made = make();
      const returned = traced('inner', () => made, { capture: true })();
      expect(returned).toBe(made);
      expect(Reflect.ownKeys(Object(returned) as object).filter((key) => key !== 'constructor')).toEqual(
        Reflect.ownKeys(Object(make()) as object),
      );
    });

    await daemon.until((all) => completeOf(all).some(({ name }) => name === 'inner'));
  });

  it('is not touched where it is a thenable or lazy', async () => {
    const query = thenable();
    const promise = lazy();
    await recorded(() => {
      traced('query', () => query, { capture: true })();
      void traced('lazy', () => promise, { capture: true })();
    });

    expect(query.runs).toBe(0);
    expect(promise.reads).toBe(0);
  });

  it('is waited for where it is a promise of the language, and its failure recorded', async () => {
    const error = new RangeError('later');
    await recorded(async () => {
      await traced('waits', () => sleep(20))();
      const fails = traced('fails', () => new RichPromise((_, reject) => setTimeout(() => reject(error), 1)));
      await expect(fails()).rejects.toBe(error);
    });

    const waits = named(daemon.documents, 'waits');
    expect((waits.end_time ?? 0) - waits.start_time).toBeGreaterThan(0.015);
    expect(exceptionsOf(named(daemon.documents, 'fails'))[0]?.type).toBe('RangeError');
  });
});

describe('a promise that two traced functions return', () => {
  it('is waited for by both', async () => {
    const inner = traced('inner', () => sleep(20));
    await recorded(() => traced('outer', () => inner())());

    for (const name of ['inner', 'outer']) {
      const span = named(daemon.documents, name);
      expect((span.end_time ?? 0) - span.start_time).toBeGreaterThan(0.015);
    }
  });
});

describe('a rejection', () => {
  const error = new Error('nobody waits for this');
  const asynchronous = async (): Promise<never> => {
    await sleep(1);
    throw error;
  };
  const returning = () => asynchronous();
  const uses: ReadonlyArray<readonly [string, (made: Promise<never>) => unknown, number]> = [
    ['is left alone', () => undefined, 1],
    ['is derived from and left alone', (made) => void made.then(() => 1), 1],
    ['is awaited', (made) => made.catch(() => undefined), 0],
    [
      'is caught by await',
      async (made) => {
        try {
          await made;
        } catch {
          // That is all.
        }
      },
      0,
    ],
    ['is one of all', (made) => Promise.all([made]).catch(() => undefined), 0],
    ['is one of allSettled', (made) => Promise.allSettled([made]), 0],
    ['is returned by an async function', (made) => (async () => made)().catch(() => undefined), 0],
    ['resolves another promise', (made) => new Promise((resolve) => resolve(made)).catch(() => undefined), 0],
  ];

  it.each(
    uses.flatMap(([what, use, expected]) =>
      [asynchronous, returning].map((fn) => ({ what, use, expected, fn, kind: fn.name })),
    ),
  )(
    'of a traced function ($kind) that $what is reported as often as untraced',
    async ({ use, fn, expected }) => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const reported: unknown[] = [];
      process.on('unhandledRejection', (reason) => reported.push(reason));
      await recorded(async () => {
        await use(traced('inner', fn)());
        await sleep(10);
      });
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);

      expect(reported).toEqual(Array.from({ length: expected }, () => error));
      expect(named(daemon.documents, 'inner').fault).toBe(true);
    },
  );
});

describe('a traced generator', () => {
  const inner = traced('inner', () => 1);

  it('lasts from its first next to its last, with the calls made inside below it', async () => {
    const count = traced('count', function* (to: number) {
      for (let at = 0; at < to; at += 1) {
        inner();
        annotate('At', at);
        yield at;
      }
      return 'end';
    });
    await recorded(async () => {
      const numbers = count(2);
      await sleep(20);
      const seen: number[] = [];
      for (const number of numbers) {
        seen.push(number);
        inner();
        await sleep(10);
      }
      expect(seen).toEqual([0, 1]);
    });

    const handler = handlerOf(daemon.documents);
    const span = named(daemon.documents, 'count');
    expect(span.start_time - handler.start_time).toBeGreaterThan(0.015);
    expect((span.end_time ?? 0) - span.start_time).toBeGreaterThan(0.015);
    expect(span.annotations).toEqual({ At: 1 });
    const parents = completeOf(daemon.documents)
      .filter(({ name }) => name === 'inner')
      .map(({ parent_id }) => parent_id);
    expect(parents.toSorted()).toEqual([span.id, span.id, handler.id, handler.id].toSorted());
  });

  it('does so asynchronously, and records what it throws', async () => {
    const rows = traced('rows', async function* () {
      await sleep(1);
      inner();
      yield 1;
      await sleep(1);
      throw new RangeError('the cursor broke');
    });
    await recorded(async () => {
      await expect(
        (async () => {
          for await (const row of rows()) expect(row).toBe(1);
        })(),
      ).rejects.toThrow('the cursor broke');
    });

    const span = named(daemon.documents, 'rows');
    expect(named(daemon.documents, 'inner').parent_id).toBe(span.id);
    expect(exceptionsOf(span)[0]?.message).toBe('the cursor broke');
  });

  it('ends when its consumer leaves it', async () => {
    const endless = traced('endless', function* () {
      for (;;) yield 1;
    });
    await recorded(() => {
      for (const one of endless()) if (one === 1) break;
    });

    expect(JSON.stringify(named(daemon.documents, 'endless'))).not.toContain('unfinished');
  });
});

describe('the stack of an error thrown in a traced function', () => {
  function fails(): never {
    throw new Error('declined');
  }
  const stacks: ReadonlyArray<readonly [string, () => unknown]> = [
    ['a function', traced('inner', () => fails())],
    ['an async function', traced('inner', async () => Promise.resolve(fails()))],
    [
      'an async function that has waited',
      traced('inner', async () => {
        await sleep(1);
        return fails();
      }),
    ],
    [
      'a generator',
      () => [
        ...traced('inner', function* () {
          yield fails();
        })(),
      ],
    ],
  ];

  it.each(stacks)('has two frames of ours at most, and the caller: %s', async (_what, inner) => {
    async function theCaller(): Promise<unknown> {
      return await inner();
    }
    const error = await recorded(() => theCaller().catch((caught: unknown) => caught as Error));

    const frames = ((error as Error).stack ?? '').split('\n').slice(1);
    expect(
      frames.filter((frame) => frame.includes('/src/')).filter((f) => !f.includes('/tests/')).length,
    ).toBeLessThanOrEqual(2);
    expect(frames.join('\n')).toContain('theCaller');
    const stack = exceptionsOf(named(daemon.documents, 'inner'))[0]?.stack ?? [];
    expect(
      stack
        .map(({ path = '' }) => path)
        .filter((path) => !path.includes('/tests/') && !path.includes('node_modules')),
    ).toEqual([]);
  });
});

it('keeps the type of a function: predicates, overloads and type parameters, and what was put on it', () => {
  const isText = traced('isText', (value: unknown): value is string => typeof value === 'string');
  function double(value: string): string;
  function double(value: number): number;
  function double(value: string | number): string | number {
    return typeof value === 'string' ? value + value : value * 2;
  }
  const doubled = traced('double', Object.assign(double, { unit: 'EUR' }));
  const first = traced('first', <T>(values: readonly [T, ...T[]]): T => values[0]);

  const value = 'a' as unknown;
  if (isText(value)) expect(value.toUpperCase()).toBe('A');
  expect(doubled('a').length + doubled(1).toFixed().length).toBe(3);
  expect(first([1, 2]).toFixed()).toBe('1');
  expect([doubled.unit, doubled.name, doubled.length]).toEqual(['EUR', 'double', 1]);
});
