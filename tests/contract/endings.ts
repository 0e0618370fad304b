import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import httpErrorHandler from '@middy/http-error-handler';
import { installStreaming } from '../helpers/streaming.ts';
import { completeOf, handlerOf, isHandler } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Bench, Check, Subject } from './subject.ts';
import { traced } from './subject.ts';

function ok() {
  return { statusCode: 200 };
}

function boom() {
  throw new TypeError('boom');
}

interface Ending {
  readonly pipeline: (subject: Subject) => MiddyfiedHandler;
  /** Whether the handler's subsegment must say that it failed; undefined where either is right. */
  readonly fault?: boolean;
}

const endings: Readonly<Record<string, Ending>> = {
  'the handler returns': { pipeline: (subject) => traced(subject).handler(ok), fault: false },
  'the handler throws': { pipeline: (subject) => traced(subject).handler(boom), fault: true },
  'the handler throws a string': {
    pipeline: (subject) =>
      traced(subject).handler(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- exactly this is what is tested
        throw 'just a string';
      }),
    fault: true,
  },
  'the handler throws undefined': {
    pipeline: (subject) =>
      traced(subject).handler(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- exactly this is what is tested
        throw undefined;
      }),
    fault: true,
  },
  'another middleware replies early from before': {
    pipeline: (subject) =>
      traced(subject)
        .before(() => ({ statusCode: 204 }))
        .handler(ok),
    fault: false,
  },
  'another middleware throws in before': {
    pipeline: (subject) => traced(subject).before(boom).handler(ok),
    fault: true,
  },
  'a middleware inside throws in after': {
    pipeline: (subject) => traced(subject).after(boom).handler(ok),
    fault: true,
  },
  'a middleware outside throws in after': {
    pipeline: (subject) => middy().after(boom).use(subject.middleware()).handler(ok),
  },
  'a middleware inside replies in after': {
    pipeline: (subject) =>
      traced(subject)
        .after(() => ({ statusCode: 202 }))
        .handler(ok),
    fault: false,
  },
  'a middleware inside replies in onError': {
    pipeline: (subject) =>
      traced(subject)
        .onError(() => ({ statusCode: 200 }))
        .handler(boom),
    fault: true,
  },
  'an error handler sets the response': {
    pipeline: (subject) =>
      traced(subject)
        .use(httpErrorHandler({ logger: false }))
        .handler(boom),
    fault: true,
  },
  'a hook of onError throws': {
    pipeline: (subject) => traced(subject).onError(boom).handler(boom),
    fault: true,
  },
  'timeoutEarly ends the handler': {
    pipeline: (subject) =>
      middy({ timeoutEarlyInMillis: 5_980 })
        .use(subject.middleware())
        .handler(() => new Promise(() => undefined)),
    fault: true,
  },
};

const endingChecks: readonly Check[] = Object.entries(endings).map(([ending, { pipeline, fault }]) => ({
  point: 1,
  title: `one handler subsegment when ${ending}`,
  run: async ({ subject, daemon }) => {
    const { traceId, parent } = await invoke(pipeline(subject));

    const handler = handlerOf(await daemon.settled(), traceId);
    assert.equal(handler.parent_id, parent);
    assert.ok((handler.end_time ?? 0) >= handler.start_time);
    if (fault !== undefined) assert.equal(handler.fault === true, fault, 'fault');
  },
}));

const throwsBefore: Check = {
  point: 1,
  title: 'one handler subsegment, or none, when a middleware outside throws in before',
  run: async ({ subject, daemon }) => {
    const { traceId } = await invoke(middy().before(boom).use(subject.middleware()).handler(ok));

    const handlers = completeOf(await daemon.settled(), traceId).filter(isHandler);
    assert.ok(handlers.length <= 1);
    await nothingIsLeftOver({ subject, daemon });
  },
};

const requestStart: Check = {
  point: 1,
  title: 'nothing is left over when requestStart throws, before any hook',
  run: async (bench) => {
    const { traceId } = await invoke(
      middy({ requestStart: boom }).use(bench.subject.middleware()).handler(ok),
    );

    assert.deepEqual(completeOf(await bench.daemon.settled(), traceId), []);
    await nothingIsLeftOver(bench);
  },
};

/** The next invocation is recorded as if nothing had been before. */
async function nothingIsLeftOver({ subject, daemon }: Bench): Promise<void> {
  daemon.clear();
  const { traceId, parent } = await invoke(traced(subject).handler(ok));
  assert.equal(handlerOf(await daemon.settled(), traceId).parent_id, parent);
}

const streamed: Check = {
  point: 1,
  title: 'a streamed response closes when its body ends, with its bytes counted and nothing lost',
  run: async ({ subject, daemon }) => {
    const client = installStreaming();
    const chunks = ['first ', 'second ', 'third'];
    const pipeline = middy({ executionMode: executionModeStreamifyResponse })
      .use(subject.middleware())
      .handler(() => ({
        statusCode: 200,
        body: Readable.from(
          (async function* () {
            for (const chunk of chunks) {
              await sleep(15);
              yield chunk;
            }
          })(),
        ),
      }));
    const { traceId } = await invoke(client.wrap(pipeline));

    assert.equal(client.body(), chunks.join(''));
    const handler = handlerOf(await daemon.settled(), traceId);
    assert.ok((handler.end_time ?? 0) - handler.start_time >= 0.04, 'lasts as long as its body');
    assert.match(
      JSON.stringify(handler),
      new RegExp(`:${Buffer.byteLength(chunks.join(''))}[,}]`),
      'counts bytes',
    );
  },
};

const streamedEarly: Check = {
  point: 1,
  title: 'a streamed response that a middleware replies with early arrives whole, and is closed once',
  run: async ({ subject, daemon }) => {
    const client = installStreaming();
    const pipeline = middy({ executionMode: executionModeStreamifyResponse })
      .use(subject.middleware())
      .before(() => Readable.from(['first ', 'second ', 'third']))
      .handler(ok);
    const { traceId } = await invoke(client.wrap(pipeline));

    assert.equal(client.body(), 'first second third');
    handlerOf(await daemon.settled(), traceId);
  },
};

const streamFails: Check = {
  point: 1,
  title: 'a streamed response whose body fails is a fault, closed once',
  run: async ({ subject, daemon }) => {
    const client = installStreaming();
    const pipeline = middy({ executionMode: executionModeStreamifyResponse })
      .use(subject.middleware())
      .handler(
        () =>
          new ReadableStream({
            pull(controller) {
              controller.enqueue(Buffer.from('some'));
              controller.error(new Error('the body broke'));
            },
          }),
      );
    const { traceId, thrown } = await invoke(client.wrap(pipeline));

    assert.match(String(thrown?.error), /the body broke/);
    assert.equal(handlerOf(await daemon.settled(), traceId).fault, true);
  },
};

export const endingContract: readonly Check[] = [
  ...endingChecks,
  throwsBefore,
  requestStart,
  streamed,
  streamedEarly,
  streamFails,
];
