import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeStore } from '@aws/lambda-invoke-store';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { lambdaContext, sampledTrace } from '../helpers/lambda.ts';
import { fc, runs } from '../helpers/fast-check.ts';
import { completeOf, handlerOf, named } from './documents.ts';
import { statusServer } from './parallel.ts';
import type { Bench, Check } from './subject.ts';

/** How many requests Lambda Managed Instances hand to one process at once, per processor, by default. */
const OVERLAPPING = 64;
/** Documents of one invocation below: the handler, an inner function, a fetch and an AWS call. */
const DOCUMENTS = 4;
const RUNS = 3;

/**
 * The environment of a process that takes several invocations at once; it must be set before the process loads what
 * looks at it.
 */
export const OVERLAP_ENVIRONMENT = { AWS_LAMBDA_MAX_CONCURRENCY: String(OVERLAPPING) };

export const overlapContract: readonly Check[] = [
  {
    point: 5,
    title: `${OVERLAPPING} invocations at once, interleaved at random, with the trace id from InvokeStore`,
    run: async (bench) => {
      const store = await InvokeStore.getInstanceAsync();
      const server = await statusServer();
      const client = bench.subject.observeClient(
        new DynamoDBClient({
          endpoint: `http://127.0.0.1:${server.port}`,
          region: 'eu-west-1',
          credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        }),
      );
      const wait = fc.integer({ min: 0, max: 12 });
      const waits = fc.array(fc.tuple(wait, wait, wait), { minLength: OVERLAPPING, maxLength: OVERLAPPING });
      try {
        await fc.assert(
          fc.asyncProperty(waits, (pauses) => overlap(bench, store, server, client, pauses)),
          { ...runs(RUNS), endOnFailure: true },
        );
      } finally {
        client.destroy();
        server.stop();
      }
    },
  },
];

async function overlap(
  { subject, daemon }: Bench,
  store: Awaited<ReturnType<typeof InvokeStore.getInstanceAsync>>,
  server: Awaited<ReturnType<typeof statusServer>>,
  client: DynamoDBClient,
  pauses: ReadonlyArray<readonly [number, number, number]>,
): Promise<void> {
  daemon.clear();
  server.seen.length = 0;
  const pipeline = middy()
    .use(subject.middleware())
    .handler(async (event: unknown) => {
      const { index, pause } = event as { index: number; pause: readonly [number, number, number] };
      await sleep(pause[0]);
      subject.annotate('Index', index);
      subject.addMetadata('secret', `of-${index}-only`);
      await subject.trace('inner', async () => {
        await sleep(pause[1]);
        await Promise.all([
          subject
            .fetch(`http://127.0.0.1:${server.port}/200?wait=${pause[2]}&index=${index}`)
            .then((r) => r.text()),
          client.send(new ListTablesCommand({})),
        ]);
        subject.annotate('Index', index);
      });
    });
  const traces = pauses.map(() => sampledTrace());
  await Promise.all(
    traces.map(({ header }, index) => {
      const awsRequestId = `request-${index}`;
      const keys = (
        store.constructor as unknown as { PROTECTED_KEYS: { REQUEST_ID: symbol; X_RAY_TRACE_ID: symbol } }
      ).PROTECTED_KEYS;
      return store.run({ [keys.REQUEST_ID]: awsRequestId, [keys.X_RAY_TRACE_ID]: header }, () =>
        // Middy ends what has not ended as the time is over, and a busy machine takes its time.
        pipeline(
          { index, pause: pauses[index] },
          lambdaContext({ awsRequestId, getRemainingTimeInMillis: () => 120_000 }),
        ),
      );
    }),
  );

  const documents = await daemon.until((all) => completeOf(all).length >= OVERLAPPING * DOCUMENTS, 30_000);
  traces.forEach(({ traceId, parent }, index) => {
    const own = completeOf(documents, traceId);
    assert.equal(own.length, DOCUMENTS, `invocation ${index}`);
    const handler = handlerOf(own);
    const inner = named(own, 'inner');
    assert.equal(handler.parent_id, parent);
    assert.equal(inner.parent_id, handler.id);
    assert.equal(handler.annotations?.Index, index);
    assert.equal(inner.annotations?.Index, index);
    assert.match(JSON.stringify(handler.metadata), new RegExp(`"of-${index}-only"`));
    const calls = own.filter(({ parent_id }) => parent_id === inner.id);
    assert.deepEqual(calls.map(({ namespace }) => namespace).sort(), ['aws', 'remote']);
    const request = server.seen.find(({ url }) => url.endsWith(`&index=${index}`));
    assert.match(String(request?.headers['x-amzn-trace-id']), new RegExp(`Root=${traceId};`));
  });
}
