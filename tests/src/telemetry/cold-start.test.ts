import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { fakeRecorder } from '../../helpers/fake-recorder.ts';
import type { FakeRecorder } from '../../helpers/fake-recorder.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import type * as Index from '../../../src/index.ts';

type Lantern = typeof Index;

let lantern: Lantern;
let recorder: FakeRecorder;

/** A process that begins, initialised as the variable says. */
async function begin(initializationType: string | undefined): Promise<void> {
  if (initializationType === undefined) delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
  else process.env.AWS_LAMBDA_INITIALIZATION_TYPE = initializationType;
  vi.resetModules();
  lantern = await import('../../../src/index.ts');
  recorder = fakeRecorder();
}
beforeEach(() => begin('on-demand'));
afterEach(() => {
  delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
});

function annotated(): unknown[] {
  return recorder.calls('annotate').flatMap(([, , key, value]) => (key === 'ColdStart' ? [value] : []));
}

/** What the lines that `fn` leads to say. */
async function logged(fn: () => Promise<unknown>): Promise<unknown[]> {
  const logs = captureLogs();
  await fn();
  await lantern.logger.ready();
  return logs
    .restore()
    .filter(({ message }) => message === 'line')
    .map((line) => line.cold_start);
}

describe('ColdStart and cold_start', () => {
  it.each([
    'on-demand',
    ' on-demand ',
    'provisioned-concurrency',
    'snap-start',
    'lambda-managed-instances',
    'ON-DEMAND',
    'unknown',
    '',
    undefined,
  ])('are what Powertools says, for three invocations of a process initialised by %j', async (type) => {
    await begin(type);
    const powertools = new Logger() as unknown as { getColdStart(): boolean };
    const expected = [1, 2, 3].map(() => powertools.getColdStart());

    for (const makeLogger of [() => lantern.logger, () => new Logger()]) {
      await begin(type);
      const logger = makeLogger();
      const pipeline = middy()
        .use(lantern.observability({ tracing: { tracer: recorder }, logger }))
        .handler(() => logger.info('line'));
      const lines = await logged(async () => {
        for (let at = 0; at < 3; at += 1) await pipeline({}, lambdaContext());
      });
      expect(lines).toEqual(expected);
      expect(annotated()).toEqual(expected);
    }
  });

  const orders: ReadonlyArray<readonly [string, () => Promise<unknown[]>, unknown[]]> = [
    [
      'in an invocation whose first pipeline calls others',
      async () => {
        const inner = middy()
          .use(lantern.observability({ tracing: { tracer: recorder } }))
          .handler(() => lantern.logger.info('line'));
        const outer = middy()
          .use(lantern.observability({ tracing: { tracer: recorder } }))
          .handler(async (_event: unknown, context) => {
            await inner({}, context);
            await inner({}, {} as typeof context);
            lantern.logger.info('line');
          });
        return logged(() => outer({}, lambdaContext()));
      },
      [true, true, true],
    ],
    [
      'for a logger that sees its first context in the second invocation',
      async () => {
        const logger = new Logger();
        const first = middy()
          .use(lantern.tracing({ tracer: recorder }))
          .handler(() => undefined);
        const second = middy()
          .use(lantern.observability({ tracing: { tracer: recorder }, logger }))
          .handler(() => logger.info('line'));
        await first({}, lambdaContext());
        return [true, ...(await logged(() => second({}, lambdaContext())))];
      },
      [true, false],
    ],
    [
      'in a retry with the same request id',
      async () => {
        const context = lambdaContext();
        const pipeline = middy()
          .use(lantern.observability({ tracing: { tracer: recorder } }))
          .handler(() => lantern.logger.info('line'));
        return logged(async () => {
          await pipeline({}, context);
          await pipeline({}, { ...context });
        });
      },
      [true, false],
    ],
    [
      'where a middleware before ours throws in the first invocation',
      async () => {
        let calls = 0;
        const pipeline = middy()
          .use({
            before: () => {
              calls += 1;
              if (calls === 1) throw new Error('first');
            },
          })
          .use(lantern.observability({ tracing: { tracer: recorder } }))
          .handler(() => lantern.logger.info('line'));
        return [
          true,
          ...(await logged(async () => {
            await (pipeline as MiddyfiedHandler)({}, lambdaContext()).catch(() => 0);
            await (pipeline as MiddyfiedHandler)({}, lambdaContext());
          })),
        ];
      },
      [true, false],
    ],
  ];

  it.each(orders)('never disagree: %s', async (_what, linesOf, expected) => {
    expect(await linesOf()).toEqual(expected);
    expect(annotated().toSorted()).toEqual(expected.toSorted());
  });
});
