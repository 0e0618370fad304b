import assert from 'node:assert/strict';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { lambdaContext } from '../helpers/lambda.ts';
import { completeOf, handlerOf, isHandler, named } from './documents.ts';
import { invoke } from './invoke.ts';
import { statusServer } from './parallel.ts';
import type { Check, Subject } from './subject.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

/** Headers that do not ask for a record: unsampled, undecided, passed through, malformed, absent. */
const UNSAMPLED = [
  `Root=${ROOT};Parent=${PARENT};Sampled=0;Lineage=a87bd80c:1`,
  `Root=${ROOT};Parent=${PARENT}`,
  `Root=${ROOT};Lineage=a87bd80c:1|68fd508a:5`,
  `Self=1-67891234-12456789abcdef012345678;Root=${ROOT};Sampled=0;Custom=field`,
  'Root=not-an-id;Parent=xyz;Sampled=1',
  `Sampled=1`,
  ';;;=;',
  undefined,
];

function awsClient(subject: Subject, port: number): DynamoDBClient {
  return subject.observeClient(
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    }),
  );
}

export const timeoutAndHeaderContract: readonly Check[] = [
  {
    point: 6,
    title:
      'an invocation that is killed leaves what is known; one that makes it replaces what is in progress',
    run: async ({ subject, daemon }) => {
      // Near its timeout by a reserve that is long, so that a busy machine has all the time there is.
      let startedAt: number | undefined;
      const remaining = () => 60_100 - (Date.now() - (startedAt ??= Date.now()));
      const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
      const pipeline = middy()
        .use(subject.middleware({ timeoutReserve: 60_000 }))
        .handler(async () => {
          subject.annotate('Known', true);
          await subject.trace('stuck', () => released);
        });
      const running = invoke(pipeline, { remaining });
      if (!subject.sendsUnfinished) {
        const ended = await daemon.until((all) => all.length >= 2, 10_000);
        assert.equal(handlerOf(ended).annotations?.Known, true);
        for (const document of [handlerOf(ended), named(ended, 'stuck')]) {
          assert.equal(document.fault, true);
          assert.match(JSON.stringify(document), /the timeout of the invocation was near/);
        }
        release(undefined);
        const { traceId } = await running;
        assert.equal(completeOf(await daemon.settled(), traceId).length, 2, 'nothing is sent twice');
        return;
      }
      const early = [
        ...(await daemon.until((all) => all.filter(({ in_progress }) => in_progress).length >= 2, 10_000)),
      ];
      const [handler] = early.filter(isHandler);
      assert.ok(handler !== undefined && handler.end_time === undefined);
      assert.equal(handler.annotations?.Known, true);
      assert.ok(early.some(({ name, in_progress }) => name === 'stuck' && in_progress));

      release(undefined);
      const { traceId } = await running;
      const complete = handlerOf(await daemon.settled(), traceId);
      assert.equal(complete.id, handler.id);
      assert.equal(named(daemon.documents, 'stuck').parent_id, complete.id);
    },
  },
  {
    point: 7,
    title: 'nothing is recorded, and the handler runs, for every header that does not ask for it',
    run: async ({ subject, daemon }) => {
      const pipeline = middy()
        .use(subject.middleware())
        .handler(() => subject.trace('inner', () => 'result'));
      for (const header of UNSAMPLED) {
        if (header === undefined) delete process.env._X_AMZN_TRACE_ID;
        else process.env._X_AMZN_TRACE_ID = header;
        assert.equal(await pipeline({}, lambdaContext()), 'result', header);
      }
      delete process.env._X_AMZN_TRACE_ID;
      assert.deepEqual(await daemon.settled(), []);
    },
  },
  {
    point: 7,
    title:
      'an unsampled header goes out with Sampled=0, with Lineage and unknown fields, by AWS SDK and fetch',
    run: async ({ subject }) => {
      const server = await statusServer();
      const client = awsClient(subject, server.port);
      process.env.AWS_LAMBDA_FUNCTION_NAME = 'contract';
      process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${PARENT};Sampled=0;Lineage=a87bd80c:1;Custom=field`;
      const pipeline = middy()
        .use(subject.middleware())
        .handler(async () => {
          await subject.fetch(`http://127.0.0.1:${server.port}/200`);
          await client.send(new ListTablesCommand({}));
        });
      await pipeline({}, lambdaContext());
      delete process.env._X_AMZN_TRACE_ID;
      delete process.env.AWS_LAMBDA_FUNCTION_NAME;
      client.destroy();
      server.stop();

      assert.equal(server.seen.length, 2);
      for (const { headers } of server.seen) {
        const header = String(headers['x-amzn-trace-id']);
        for (const field of [`Root=${ROOT}`, 'Sampled=0', 'Lineage=a87bd80c:1', 'Custom=field']) {
          assert.ok(header.split(';').includes(field), `${field} in ${header}`);
        }
      }
    },
  },
  {
    point: 7,
    title:
      'a sampled header goes out with the call as parent, with Lineage and unknown fields, by AWS SDK and fetch',
    run: async ({ subject, daemon }) => {
      const server = await statusServer();
      const client = awsClient(subject, server.port);
      const pipeline = middy()
        .use(subject.middleware())
        .handler(async () => {
          await subject.fetch(`http://127.0.0.1:${server.port}/200`);
          await client.send(new ListTablesCommand({}));
        });
      const { traceId } = await invoke(pipeline);
      client.destroy();
      server.stop();

      const calls = completeOf(await daemon.settled(), traceId).filter(
        ({ namespace }) => namespace !== undefined,
      );
      assert.equal(calls.length, 2);
      for (const { headers } of server.seen) {
        const fields = String(headers['x-amzn-trace-id']).split(';');
        assert.ok(fields.includes(`Root=${traceId}`));
        assert.ok(fields.includes('Sampled=1'));
        assert.ok(fields.includes('Lineage=1:abcdef01:0'), `Lineage in ${fields.join(';')}`);
        assert.ok(calls.some(({ id }) => fields.includes(`Parent=${id}`)));
      }
    },
  },
];
