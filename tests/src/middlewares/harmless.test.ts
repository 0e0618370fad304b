import dns from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { completeOf, handlerOf, isHandler } from '../../contract/documents.ts';
import { observability } from '../../../src/middlewares/observability.ts';
import { traced } from '../../../src/telemetry/traced.ts';
import type { InvocationTrace, Tracer } from '../../../src/telemetry/tracer.ts';
import { fakeRecorder } from '../../helpers/fake-recorder.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { recorderOfTests } from '../../helpers/recorders.ts';

/* Whatever surrounds us, the handler answers as it would without us, and at once. */

const EVENT = { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1' } };

const { daemon, tracer } = await recorderOfTests('xray');
afterEach(() => vi.restoreAllMocks());

/** What Lambda would send: it makes JSON of the answer. */
function sent(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer));
}

function pipeline(answer: () => unknown, recorder: Tracer = tracer) {
  process.env._X_AMZN_TRACE_ID = sampledTrace().header;
  // Middy's own timeout asks the context too, in its own way.
  return middy({ timeoutEarlyInMillis: 0 })
    .use(observability({ tracing: { tracer: recorder, name: '## handler' } }))
    .handler(answer);
}

function ok() {
  return { statusCode: 200, body: 'ok' };
}
const OK = { statusCode: 200, body: 'ok', headers: { 'x-correlation-id': 'order-1' } };

describe('the context of the invocation', () => {
  class Context {
    readonly #deadline = Date.now() + 6000;
    readonly functionName = 'shop';
    getRemainingTimeInMillis(): number {
      return this.#deadline - Date.now();
    }
  }
  const throws = (): never => {
    throw new Error('of the context');
  };
  const unreadable = {
    get getRemainingTimeInMillis() {
      return throws();
    },
    get functionName() {
      return throws();
    },
  };

  it.each<[string, object]>([
    ['needs its `this`', new Context()],
    ['throws when it is asked for the time left', lambdaContext({ getRemainingTimeInMillis: throws })],
    ['does not know the time left', lambdaContext({ getRemainingTimeInMillis: () => Number.NaN })],
    ['has a time that is no function', { getRemainingTimeInMillis: 6000 }],
    ['has getters that throw', Object.defineProperties({ callbackWaitsForEmptyEventLoop: true }, {})],
    ['is frozen', Object.freeze(lambdaContext())],
  ])('changes nothing where it %s', async (_title, context) => {
    expect(sent(await pipeline(ok)(EVENT, context as never))).toEqual(OK);
    await daemon.until((all) => completeOf(all).some(isHandler));
  });

  it('changes nothing where its getters throw', async () => {
    const { tracing } = await import('../../../src/middlewares/tracing.ts');
    const request = {
      event: EVENT,
      context: unreadable,
      response: undefined,
      error: undefined,
      internal: {},
    };
    const { before, after } = tracing({ tracer });
    await before?.(request as never);
    await after?.(request as never);
    expect(request.response).toBeUndefined();
  });

  it('may have a logger that throws when the timeout is near', async () => {
    const logger = {
      warn() {
        throw new Error('of the logger');
      },
    };
    const { tracing } = await import('../../../src/middlewares/tracing.ts');
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    const handler = middy()
      .use(tracing({ tracer, name: '## handler', logger, timeoutReserve: 100 }))
      .handler(async () => {
        await sleep(30);
        return ok();
      });
    const context = lambdaContext({ getRemainingTimeInMillis: () => 110 });
    expect(await handler(EVENT, context)).toEqual(ok());
    expect(await daemon.settled()).toHaveLength(2);
  });
});

describe('a logger of the service', () => {
  it('may throw whatever it is told', async () => {
    const throws = (): never => {
      throw new Error('of the logger');
    };
    const logger = {
      warn: throws,
      addContext: throws,
      refreshSampleRateCalculation: throws,
      logEventIfEnabled: throws,
      clearBuffer: throws,
    };
    const handler = middy().use(observability({ logger })).handler(ok);
    expect(sent(await handler(EVENT, lambdaContext()))).toEqual(OK);
  });
});

describe('an event whose id is refused', () => {
  it('may have a logger that throws', async () => {
    const { correlationId } = await import('../../../src/middlewares/correlation-id.ts');
    const logger = {
      warn() {
        throw new Error('of the logger');
      },
    };
    const handler = middy().use(correlationId({ logger })).handler(ok);
    const event = { ...EVENT, headers: { 'x-correlation-id': 'not valid' } };
    for (let times = 0; times < 2; times += 1) {
      expect(sent(await handler(event, lambdaContext()))).toMatchObject(ok());
    }
  });
});

/** As Sinon does for `toFake: ['nextTick']`; what Node itself wanted to do runs when the test is over. */
function fakeTicks(): void {
  const postponed: Array<() => unknown> = [];
  const faked = vi.spyOn(process, 'nextTick').mockImplementation((fn, ...args) => {
    postponed.push(() => Reflect.apply(fn, undefined, args) as unknown);
  });
  vi.stubGlobal('queueMicrotask', () => undefined);
  vi.stubGlobal('setImmediate', () => undefined);
  vi.stubGlobal('setTimeout', () => undefined);
  restores.push(() => {
    vi.unstubAllGlobals();
    faked.mockRestore();
    for (const run of postponed) process.nextTick(run);
  });
}

const restores: Array<() => void> = [];
function restoreTimers(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  for (const restore of restores.splice(0)) restore();
}

describe('timers of a test', () => {
  it.each([
    ['setTimeout gives a number', () => vi.stubGlobal('setTimeout', () => 7)],
    ['setTimeout throws', () => vi.stubGlobal('setTimeout', () => expect.unreachable())],
    ['all timers are faked', () => vi.useFakeTimers({ now: Date.now() })],
    ['nextTick and queueMicrotask are faked too', fakeTicks],
  ])('keep neither the answer nor the record back where %s', async (_title, fake) => {
    const handler = pipeline(traced('inner', ok));
    fake();
    try {
      const started = process.hrtime.bigint();
      expect(sent(await handler(EVENT, lambdaContext()))).toEqual(OK);
      expect(process.hrtime.bigint() - started).toBeLessThan(2_000_000_000n);
    } finally {
      restoreTimers();
    }
    const documents = await daemon.until((all) => completeOf(all).length === 2);
    expect(documents.map(({ name }) => name).toSorted()).toEqual(['## handler', 'inner']);
  });

  it('let a middleware reply early', async () => {
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    const handler = middy()
      .use(observability({ tracing: { tracer, name: '## handler' } }))
      .before(ok)
      .handler(() => expect.unreachable());
    fakeTicks();
    try {
      expect(sent(await handler(EVENT, lambdaContext()))).toEqual(OK);
    } finally {
      restoreTimers();
    }
    handlerOf(await daemon.until((all) => completeOf(all).some(isHandler)));
  });
});

describe('a recorder', () => {
  const never = new Promise<void>(() => undefined);
  const withEnd = (end: () => Promise<void>): Tracer => {
    const recorder = fakeRecorder();
    return {
      startInvocation: (invocation): InvocationTrace => ({ ...recorder.startInvocation(invocation), end }),
    };
  };

  it.each([
    ['never settles', () => never],
    ['rejects', () => Promise.reject(new Error('of the recorder'))],
    ['rejects with what cannot be told', () => Promise.reject(Object.create(null) as Error)],
    [
      'throws what cannot be told',
      () => {
        throw Object.create(null);
      },
    ],
  ])('does not keep the answer back when its end %s', async (_title, end) => {
    const started = performance.now();
    expect(sent(await pipeline(ok, withEnd(end))(EVENT, lambdaContext()))).toEqual(OK);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is waited for as long as `flushTimeout` says', async () => {
    let hasEnded = false;
    const recorder = withEnd(async () => {
      await sleep(150);
      hasEnded = true;
    });
    const { tracing } = await import('../../../src/middlewares/tracing.ts');
    await middy()
      .use(tracing({ tracer: recorder, flushTimeout: 20_000 }))
      .handler(ok)(EVENT, lambdaContext());
    expect(hasEnded).toBe(true);
  });
});

describe('an X-Ray daemon whose host has a name', () => {
  type Found = (error: Error | null, address: string, family: number) => void;
  const lookUp = (answer: (found: Found) => void) => {
    const lookup = vi.fn((...args: unknown[]) => answer(args.at(-1) as Found));
    vi.spyOn(dns, 'lookup').mockImplementation(lookup);
    return lookup;
  };
  const invokeAt = async (host: string, times = 1): Promise<number> => {
    const { createXRayTracer } = await import('../../../src/telemetry/xray/xray-tracer.ts');
    const { address } = daemon;
    process.env.AWS_XRAY_DAEMON_ADDRESS = `${host}:${address.split(':')[1] ?? ''}`;
    const recorder = createXRayTracer();
    try {
      const started = performance.now();
      for (let at = 0; at < times; at += 1) {
        expect(sent(await pipeline(traced('inner', ok), recorder)(EVENT, lambdaContext()))).toEqual(OK);
      }
      return performance.now() - started;
    } finally {
      process.env.AWS_XRAY_DAEMON_ADDRESS = address;
    }
  };

  it('is looked up once, and gets every document', async () => {
    const lookup = lookUp((found) => setTimeout(() => found(null, '127.0.0.1', 4), 5));
    await invokeAt('daemon-1.test', 3);
    expect(await daemon.until((all) => completeOf(all).length >= 6)).toHaveLength(6);
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it('keeps no answer back where the name server is slow, and gets the documents later', async () => {
    const lookup = lookUp((found) => setTimeout(() => found(null, '127.0.0.1', 4), 2000));
    expect(await invokeAt('daemon-2.test', 3)).toBeLessThan(1500);
    expect(await daemon.until((all) => completeOf(all).length >= 6)).toHaveLength(6);
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it.each<[string, (found: Found) => void]>([
    ['never answers', () => undefined],
    ['knows no such name', (found) => setImmediate(() => found(new Error('ENOTFOUND'), '', 0))],
    [
      'cannot be asked',
      () => {
        throw new Error('of the name server');
      },
    ],
  ])('keeps no answer back where the name server %s', async (title, answer) => {
    const lookup = lookUp(answer);
    expect(await invokeAt(`daemon-${title.replaceAll(' ', '-')}.test`, 3)).toBeLessThan(1500);
    expect(lookup).toHaveBeenCalledTimes(1);
  });
});

describe('what a handler returns', () => {
  class Answer {
    readonly #status: number;
    constructor(status: number) {
      this.#status = status;
    }
    get statusCode() {
      return this.#status;
    }
    get body() {
      return 'ok';
    }
    toJSON() {
      return { statusCode: this.#status, body: this.body };
    }
  }
  class Fields {
    statusCode = 200;
    body = 'ok';
    get isFine() {
      return this.statusCode < 400;
    }
  }
  class Plain {
    statusCode = 200;
    body = 'ok';
  }
  const throwing = Object.defineProperty({ body: 'ok' }, 'statusCode', {
    enumerable: true,
    get: () => {
      throw new Error('of the getter');
    },
  });
  const unreadableHeaders = Object.defineProperty({ statusCode: 200, body: 'ok' }, 'headers', {
    get: () => {
      throw new Error('of the getter');
    },
  });
  const refuse = (): never => {
    throw new Error('of the proxy');
  };
  // A promise asks what it is resolved with for its `then`.
  const get = (_target: object, key: string | symbol) => (key === 'then' ? undefined : refuse());
  const refusing = new Proxy({ statusCode: 200 }, { get, has: refuse, getOwnPropertyDescriptor: refuse });

  it.each<[string, object]>([
    ['an instance with getters, private fields and toJSON', new Answer(201)],
    ['an instance with a getter', new Fields()],
    ['an object whose headers cannot be read', unreadableHeaders],
    ['a proxy that throws', refusing],
    ['a Response', new Response('ok', { status: 200 })],
  ])('is the same object where it is %s', async (_title, answer) => {
    const returned = (await middy()
      .use(observability({ tracing: { tracer } }))
      .handler(() => answer)(EVENT, lambdaContext())) as unknown;
    expect(Object.is(returned, answer)).toBe(true);
  });

  it.each<[string, object]>([
    ['an instance with fields', new Plain()],
    ['frozen', Object.freeze({ ...ok(), headers: Object.freeze({}) })],
    ['an object without a prototype', Object.assign(Object.create(null) as object, ok())],
  ])('gets the id in a copy of its kind where it is %s', async (_title, answer) => {
    const returned = (await pipeline(() => answer)(EVENT, lambdaContext())) as unknown as object;
    expect(sent(returned)).toEqual(OK);
    expect(Object.getPrototypeOf(returned)).toBe(Object.getPrototypeOf(answer));
    expect(sent(answer)).not.toHaveProperty(['headers', 'x-correlation-id']);
  });

  it('may have getters that throw', async () => {
    const returned = (await pipeline(() => throwing)(EVENT, lambdaContext())) as unknown as { body: string };
    expect(returned.body).toBe('ok');
    expect(() => sent(returned)).toThrow('of the getter');
  });

  it('is not read by us where it has a getter of its own', async () => {
    let reads = 0;
    const answer = {
      statusCode: 200,
      get body() {
        reads += 1;
        return 'ok';
      },
    };
    const { correlationId } = await import('../../../src/middlewares/correlation-id.ts');
    const returned: unknown = await middy()
      .use(correlationId())
      .handler(() => answer)(EVENT, lambdaContext());
    const before = reads;
    expect(sent(returned)).toEqual(OK);
    expect(reads - before).toBe(1);
  });
});

describe('the name of a subsegment', () => {
  it.each(['\u{1D4D0}'.repeat(150), `a${'\u{1D4D0}'.repeat(150)}`, 'x\uD835y'])(
    'is never cut in the middle of a character: %#',
    async (name) => {
      const handler = pipeline(traced(name, ok));
      const traceId = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
      await handler(EVENT, lambdaContext());
      const documents = await daemon.until((all) => completeOf(all, traceId).length === 2);
      for (const { name: shown } of completeOf(documents, traceId)) {
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(200);
      }
    },
  );
});
