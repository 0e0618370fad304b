import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { completeOf, exceptionsOf, handlerOf, isHandler, named } from '../../contract/documents.ts';
import type { Sent } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import { recorderOfTests } from '../../helpers/recorders.ts';
import { annotate, getCorrelationId, observability, traced } from '../../../src/index.ts';
const { daemon, tracer } = await recorderOfTests('xray');

function pipeline(name = '## handler') {
  return middy().use(observability({ tracing: { tracer, name }, capture: false }));
}
async function run(fn: () => unknown) {
  const invoked = await invoke(pipeline().handler(async () => ({ result: await fn() })));
  await daemon.until((all) => completeOf(all, invoked.traceId).some(isHandler));
  return { ...invoked, documents: completeOf(await daemon.settled(), invoked.traceId) };
}

describe('generators', () => {
  const kinds = {
    synchronous: traced('gen', function* (log: string[]): Generator<number, string, unknown> {
      try {
        const got = yield 1;
        log.push(`got ${String(got)}`);
        yield 2;
        return 'end';
      } catch (error) {
        log.push(`caught ${String(error)}`);
        return 'recovered';
      } finally {
        log.push('finally');
      }
    }),
    asynchronous: traced('gen', async function* (log: string[]): AsyncGenerator<number, string, unknown> {
      try {
        const got = yield 1;
        log.push(`got ${String(got)}`);
        await sleep(1);
        yield 2;
        return 'end';
      } catch (error) {
        log.push(`caught ${String(error)}`);
        return 'recovered';
      } finally {
        log.push('finally');
      }
    }),
  };
  type Uses = Array<readonly ['next' | 'return' | 'throw', unknown?]>;
  const uses: ReadonlyArray<readonly [string, Uses, unknown[]]> = [
    ['read to its end', [['next'], ['next', 'x'], ['next']], ['got x', 'finally']],
    ['returned before it began', [['return', 'early']], []],
    ['thrown into before it began', [['throw', 'early']], []],
    ['returned in the middle', [['next'], ['return', 'mid']], ['finally']],
    ['thrown into in the middle, which it handles', [['next'], ['throw', 'mid']], ['caught mid', 'finally']],
    ['read after its end', [['next'], ['return', 'mid'], ['next'], ['return', 1]], ['finally']],
  ];
  it.each(
    Object.entries(kinds).flatMap(([kind, make]) =>
      uses.map(([what, calls, log]) => ({ kind, make, what, calls, log })),
    ),
  )('$kind: $what, is as untraced, with one subsegment at most', async ({ make, calls, log: expected }) => {
    const through = async () => {
      const log: string[] = [];
      const results: unknown[] = [];
      const generator = make(log);
      for (const [method, value] of calls) {
        try {
          results.push(await (generator[method] as (value: unknown) => unknown)(value));
        } catch (error) {
          results.push({ thrown: error });
        }
      }
      return { log, results };
    };
    const untraced = await through();
    const { response, documents } = await run(through);
    expect((response as { result: unknown }).result).toEqual(untraced);
    expect(untraced.log).toEqual(expected);
    const spans = documents.filter(({ name }) => name === 'gen');
    expect(spans).toHaveLength(calls[0]?.[0] === 'next' ? 1 : 0);
    expect(JSON.stringify(spans)).not.toContain('unfinished');
  });
});

describe('what a traced function returns', () => {
  const error = new RangeError('of the promise');
  class Species extends Promise<unknown> {
    static override get [Symbol.species](): PromiseConstructor {
      throw new Error('nobody makes one of these');
    }
  }
  const withThen = (): Promise<unknown> => {
    const promise = Promise.resolve('x');
    return Object.defineProperty(promise, 'then', {
      get() {
        throw new Error('nobody reads this');
      },
    });
  };
  const kinds: ReadonlyArray<readonly [string, () => unknown]> = [
    ['of another realm', (): unknown => runInNewContext('Promise.resolve("x")')],
    ['of another realm, rejected', (): unknown => runInNewContext('Promise.reject(new RangeError("x"))')],
    ['of a class with a species', () => new Species((resolve) => resolve('x'))],
    ['with a constructor of its own', () => Object.assign(Promise.resolve('x'), { constructor: Object })],
    ['whose then throws', withThen],
    ['of a proxy', () => new Proxy(Promise.resolve('x'), {})],
    ['that was rejected before', () => Promise.reject(error)],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything can be thrown
    ['that is rejected with nothing', () => Promise.reject(undefined)],
    ['that is sealed', () => Object.seal(sleep(1, 'x'))],
    ['that is frozen and rejected', () => Object.freeze(Promise.reject(error))],
    ['that never settles', () => new Promise(() => undefined)],
    [
      'that resolves with a thenable',
      () => Promise.resolve({ then: (done: (value: string) => void) => done('x') }),
    ],
    [
      'as an object with a then that throws',
      () => ({
        get then(): never {
          throw new Error('nobody reads this');
        },
      }),
    ],
    [
      'as a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    [
      'as an async iterable',
      () => ({
        async *[Symbol.asyncIterator]() {
          yield Promise.resolve(1);
        },
      }),
    ],
  ];
  /** How it comes out, for whoever waits a moment for it. */
  const outcomeOf = (made: unknown): Promise<unknown> =>
    Promise.race([
      (async () => {
        try {
          return { value: await made };
        } catch (thrown) {
          return { thrown: String(thrown) };
        }
      })(),
      sleep(30, 'pending'),
    ]);

  it.each(kinds)('is what it is untraced: a promise %s', async (_what, make) => {
    const expected = await outcomeOf(make()).catch(String);
    let isSame = false;
    const { response, documents } = await run(() => {
      const made = make();
      const returned = traced('inner', () => made, { capture: true })();
      isSame = returned === made;
      // Wrapped, because what a handler returns is awaited.
      return outcomeOf(returned).then((outcome) => ({ outcome }));
    });
    const { outcome } = (response as { result: { outcome: unknown } }).result;

    expect(isSame).toBe(true);
    expect(JSON.stringify(outcome)).toBe(JSON.stringify(expected));
    expect(documents.filter(({ name }) => name === 'inner')).toHaveLength(1);
  });

  it('is awaited once, by as many steps as hand it on, at the same time and one in another', async () => {
    const shared = sleep(10).then(() => Promise.reject(error));
    const { documents } = await run(async () => {
      const steps = ['a', 'b', 'c'].map((name) =>
        traced(name, () => traced(`${name} below`, () => shared)()),
      );
      const returned = steps.map((step) => step());
      expect(returned.every((each) => each === shared)).toBe(true);
      await Promise.allSettled(returned);
      await sleep(5);
    });

    const spans = documents.filter(({ name }) => name !== '## handler');
    expect(spans).toHaveLength(6);
    expect(spans.every(({ fault }) => fault === true)).toBe(true);
    expect(spans.filter(({ cause }) => typeof cause === 'object')).toHaveLength(1);
  });
});

describe('pipelines in each other', () => {
  const event = (id: string) => ({ httpMethod: 'GET', headers: { 'x-correlation-id': id } });

  it('three deep, and two beside each other at each depth, keep their ids and their places', async () => {
    const seen: string[] = [];
    const pipelineAt = (depth: number): MiddyfiedHandler =>
      pipeline(`## ${depth}`).handler(async (given: unknown, context: Context) => {
        const { name } = given as { name: string };
        await sleep(depth);
        annotate('Name', name);
        if (depth < 3) {
          await Promise.all(
            ['l', 'r'].map((side, at) =>
              traced(`to ${name}${side}`, () =>
                pipelineAt(depth + 1)(
                  { ...event(`${name}${side}`), name: `${name}${side}` },
                  (at === 0 ? context : {}) as Context,
                ),
              )(),
            ),
          );
        }
        traced(`after ${name}`, () => seen.push(`${name} ${String(getCorrelationId())}`))();
        annotate('After', name);
      });
    const { traceId } = await invoke(pipelineAt(1), { event: { ...event('o'), name: 'o' } });

    const names = ['o', 'ol', 'or', 'oll', 'olr', 'orl', 'orr'];
    expect(seen.toSorted()).toEqual(names.map((name) => `${name} ${name}`).toSorted());
    const documents = completeOf(await daemon.settled(), traceId);
    const by = (name: string) => named(documents, name);
    const handlerNamed = (name: string): Sent => {
      const [found, ...others] = documents.filter(({ annotations }) => annotations?.Name === name);
      expect(others).toEqual([]);
      return found as Sent;
    };
    for (const name of names) {
      const handler = handlerNamed(name);
      expect(handler.annotations).toMatchObject({ After: name, CorrelationId: name });
      expect(by(`after ${name}`).parent_id).toBe(handler.id);
      if (name === 'o') continue;
      const step = by(`to ${name}`);
      expect(handler.parent_id).toBe(step.id);
      expect(step.parent_id).toBe(handlerNamed(name.slice(0, -1)).id);
    }
  });

  it('an inner one that fails, or is answered early, gives the scope back too', async () => {
    const fails = pipeline('## fails').handler(() => Promise.reject(new Error('inner')));
    const early = pipeline('## early')
      .use({ before: () => 'early' })
      .handler(() => 'never');
    let ids: unknown[] = [];
    const outer = pipeline('## outer').handler(async (_event: unknown, context: Context) => {
      await (fails(event('f'), context) as Promise<unknown>).catch(() => undefined);
      ids = [getCorrelationId()];
      await (early(event('e'), context) as Promise<unknown>);
      ids.push(getCorrelationId());
      traced('after', () => 1)();
    });
    await invoke(outer, { event: event('outer') });

    expect(ids).toEqual(['outer', 'outer']);
    const documents = await daemon.settled();
    expect(named(documents, 'after').parent_id).toBe(named(documents, '## outer').id);
    expect(exceptionsOf(named(documents, '## fails'))[0]?.message).toBeDefined();
    expect(named(documents, '## outer').fault).toBeUndefined();
  });
});

describe('work that goes on while the next invocation runs', () => {
  it('ends in its own trace, and what it begins or says belongs to none', async () => {
    let goOn = (): void => undefined;
    const frozen = new Promise<void>((resolve) => (goOn = resolve));
    let late: Promise<unknown> = Promise.resolve();
    const first = await run(
      traced('first', () => {
        late = traced('late', async () => {
          await frozen;
          annotate('Late', true);
          traced('begun late', () => 1)();
          throw new TypeError('late failure');
        })().catch(() => getCorrelationId());
      }),
    );
    daemon.clear();
    const second = await run(
      traced('second', async () => {
        goOn();
        await late;
        annotate('Own', true);
      }),
    );

    const documents = completeOf(await daemon.settled());
    expect(documents.filter(({ name }) => name === 'begun late')).toEqual([]);
    const lateSpan = named(documents, 'late');
    expect(lateSpan).toMatchObject({ trace_id: first.traceId, fault: true });
    expect(JSON.stringify(lateSpan)).not.toContain('unfinished');
    expect(named(documents, 'second').annotations).toEqual({ Own: true });
    expect(handlerOf(documents, second.traceId).annotations).not.toHaveProperty('Late');
    expect(second.traceId).not.toBe(first.traceId);
  });
});

describe('the cost of width', () => {
  it.each([500, 1000, 4000, 8000])(
    '%i steps are written once each, and those left out not at all',
    async (width) => {
      const stringify = vi.spyOn(JSON, 'stringify');
      const one = traced('one', () => sleep(0));
      const { documents } = await run(() => Promise.all(Array.from({ length: width }, () => one())));
      const written = stringify.mock.calls.filter(
        ([value]) => typeof (value as { start_time?: unknown } | undefined)?.start_time === 'number',
      ).length;
      stringify.mockRestore();

      expect(written).toBe(documents.length);
      expect(documents.length).toBeGreaterThan(Math.min(width, 1000));
    },
  );
});
