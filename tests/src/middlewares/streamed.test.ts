import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import { describe, expect, it } from 'vitest';
import { completeOf, handlerOf, isHandler } from '../../contract/documents.ts';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import { observability } from '../../../src/middlewares/observability.ts';
import { getCorrelationId } from '../../../src/propagation/correlation.ts';
import { logger } from '../../../src/telemetry/logger.ts';
import { traced } from '../../../src/telemetry/traced.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { installStreaming } from '../../helpers/streaming.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';

/* The scope and the record of an invocation last until its body has ended. */

// What archivers hand out: Node's streams as a package, of any version that is still in use.
const load = createRequire(import.meta.url);
const PACKAGES = ['readable-stream', 'archiver-utils > readable-stream', 'bestzip > readable-stream'];

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);

  type Chunks = () => AsyncGenerator<string>;

  /** A `Readable` of a package of Node's streams. */
  function userland(path: string, chunks: Chunks): unknown {
    const from = path
      .split(' > ')
      .slice(0, -1)
      .reduce((require, name) => createRequire(require.resolve(name)), load);
    const { Readable: Userland } = from('readable-stream') as { Readable: typeof Readable };
    const iterator = chunks();
    return new Userland({
      read() {
        iterator.next().then(
          ({ done, value }) => this.push(done === true ? null : value),
          (error: unknown) => this.emit('error', error),
        );
      },
    });
  }

  const KINDS: ReadonlyArray<readonly [string, (chunks: Chunks) => unknown]> = [
    ['a Readable', (chunks) => Readable.from(chunks())],
    ['a web stream', (chunks) => Readable.toWeb(Readable.from(chunks()))],
    ...PACKAGES.map((path) => [`a stream of ${path}`, (chunks: Chunks) => userland(path, chunks)] as const),
  ];

  function pipeline(
    use: Parameters<middy.MiddyfiedHandler['use']>[0],
    answer: () => unknown,
    before?: () => unknown,
  ) {
    const client = installStreaming();
    const handler = middy({ executionMode: executionModeStreamifyResponse });
    // Of a scope that is opened after this, the caller of the handler sees nothing.
    handler.before(() => sleep(1)).use(use);
    if (before !== undefined) handler.before(before as never);
    const { header, traceId } = sampledTrace();
    const invoke = async (id: string): Promise<string> => {
      process.env._X_AMZN_TRACE_ID = header;
      const from = client.body().length;
      await client.wrap(handler.handler(answer) as never)(
        { httpMethod: 'GET', headers: { 'x-correlation-id': id } },
        lambdaContext(),
      );
      return client.body().slice(from);
    };
    /** All documents of these invocations, once the handler's is there. */
    const recorded = async () => {
      const own = () => completeOf(daemon.documents).filter(({ trace_id }) => trace_id === traceId);
      await daemon.until(() => own().some(isHandler));
      return own();
    };
    return { invoke, recorded };
  }

  const step = traced('step', () => sleep(2));

  async function* ids(): AsyncGenerator<string> {
    for (let at = 0; at < 4; at += 1) {
      await step();
      logger.info(`chunk ${at}`);
      yield `${getCorrelationId() ?? 'none'};`;
    }
  }

  describe.each(KINDS)('a body that is %s', (_kind, bodyOf) => {
    const answer = () => ({ statusCode: 200, headers: {}, body: bodyOf(ids) });

    it.each(['off', 'on'])('has the correlation id until it has ended, with tracing %s', async (mode) => {
      const logs = captureLogs();
      const { invoke } = pipeline(
        mode === 'on' ? observability({ tracing: { tracer, name: '## handler' } }) : correlationId(),
        answer,
      );
      const [first, second] = [await invoke('order-1'), await invoke('order-2')];

      expect([first, second]).toEqual(['order-1;'.repeat(4), 'order-2;'.repeat(4)]);
      const lines = logs.restore().filter(({ message }) => String(message).startsWith('chunk'));
      expect(lines.map((line) => line.correlation_id)).toEqual([
        ...Array<string>(4).fill('order-1'),
        ...Array<string>(4).fill('order-2'),
      ]);
      expect(getCorrelationId()).toBeUndefined();
    });

    it('is recorded until it has ended, with its bytes and what happened meanwhile', async () => {
      const { invoke, recorded } = pipeline(
        observability({ tracing: { tracer, name: '## handler' } }),
        answer,
      );
      await invoke('order-1');

      const documents = await recorded();
      const handler = handlerOf(documents);
      expect(handler.metadata).toMatchObject({ lantern: { streamedBytes: 32 } });
      const steps = documents.filter(({ name }) => name === 'step');
      expect(steps.map(({ parent_id }) => parent_id)).toEqual(Array(4).fill(handler.id));
      // Each span of OpenTelemetry has a clock of its own, as exact as a millisecond.
      const latest = (handler.end_time ?? 0) + (recorder === 'xray' ? 0 : 0.001);
      for (const { end_time = 0 } of steps) expect(end_time).toBeLessThanOrEqual(latest);
    });

    it('is recorded as a fault where it breaks off', async () => {
      const { invoke, recorded } = pipeline(observability({ tracing: { tracer, name: '## handler' } }), () =>
        bodyOf(async function* () {
          yield 'some';
          await sleep(2);
          throw new Error('the body broke');
        }),
      );
      await expect(invoke('order-1')).rejects.toThrow('the body broke');

      const handler = handlerOf(await recorded());
      expect(handler).toMatchObject({ fault: true, metadata: { lantern: { streamedBytes: 4 } } });
      expect(getCorrelationId()).toBeUndefined();
    });

    it('has its scope where a middleware replies with it early', async () => {
      const { invoke, recorded } = pipeline(
        observability({ tracing: { tracer, name: '## handler' } }),
        () => expect.unreachable(),
        answer,
      );
      expect(await invoke('order-1')).toBe('order-1;'.repeat(4));

      const documents = await recorded();
      expect(handlerOf(documents).metadata).toMatchObject({ lantern: { streamedBytes: 32 } });
      expect(documents.filter(({ name }) => name === 'step')).toHaveLength(4);
    });
  });
});
