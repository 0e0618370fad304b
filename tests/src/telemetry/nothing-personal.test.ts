import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Subsegment } from '../../../local/xray/document.ts';
import { textOf } from '../../contract/documents.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';

let daemon: DocumentReceiver;
let modules: Awaited<ReturnType<typeof load>>;

/** The package as a process loads it while tracing is on. */
async function load(recorder: string) {
  vi.resetModules();
  process.env.LANTERN_RECORDER = recorder;
  process.env.POWERTOOLS_TRACE_ENABLED = 'true';
  return import('../../../src/index.ts');
}

/** What the recorder sends of a handler that runs `fn`, in all of its documents. */
async function record(fn: () => unknown, capture = {}, documents = 1): Promise<readonly unknown[]> {
  process.env._X_AMZN_TRACE_ID = sampledTrace().header;
  const handler = middy()
    .use(modules.observability({ capture, tracing: { name: '## handler' } }))
    .handler(async () => {
      await fn();
      return { statusCode: 204 };
    });
  await handler({}, lambdaContext()).catch(() => undefined);
  return daemon.until((all) => all.length >= documents);
}
function handlerOf(documents: readonly unknown[]): Subsegment {
  return only(documents, '## handler');
}

function throwing(error: unknown) {
  return () => {
    throw error;
  };
}

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    daemon = await receiveFrom(recorder);
    modules = await load(recorder);
  });
  afterEach(() => daemon.clear());
  afterAll(() => daemon.stop());

  describe('an error in a trace', () => {
    const strict = z.strictObject({ customer: z.object({ email: z.email(), age: z.number() }) });
    const sent = { customer: { email: 'Jane Doe', age: 'twelve' }, 'jane.doe@example.com': 1 };

    it.each([
      ['of Zod', strict.safeParse(sent).error],
      [
        "of Middy's validator",
        Object.assign(
          new Error('Event object failed validation', {
            cause: {
              package: '@middy/validator',
              data: [{ instancePath: '/email', message: 'must match format "email"', data: 'Jane Doe' }],
            },
          }),
          { statusCode: 400 },
        ),
      ],
      [
        'of the AWS SDK, with the item that is in the way',
        new ConditionalCheckFailedException({
          message: 'The conditional request failed for jane.doe@example.com',
          $metadata: { httpStatusCode: 400 },
          Item: { lastName: { S: 'Jane Doe' } },
        }),
      ],
      [
        'that repeats its input',
        new Error(`Invalid order: ${JSON.stringify({ lastName: 'Jane Doe', age: 12 })}`),
      ],
      ['of a parser', jsonError('{"name": Jane Doe}')],
      [
        'with several causes',
        new AggregateError([new Error('mail to jane.doe@example.com')], 'many', {
          cause: new Error('twelve', { cause: new Error('+44 20 7946 0018') }),
        }),
      ],
      ['whose message is an object', Object.assign(new Error('x'), { message: { lastName: 'Jane Doe' } })],
      ['that is a text', 'no order for jane.doe@example.com'],
      ['whose name is an address', Object.assign(new Error('x'), { name: 'jane.doe@example.com' })],
    ])('%s shows nothing of a customer', async (_what, error) => {
      const documents = await record(throwing(error));

      expect(handlerOf(documents).cause).toHaveProperty('exceptions');
      expect(textOf(documents)).not.toMatch(/Jane|jane|Doe|7946/);
    });

    it('keeps what is needed to understand it', async () => {
      const { cause } = handlerOf(await record(throwing(strict.safeParse(sent).error)));

      const [exception] = (cause as { exceptions: Array<{ message: string; stack: unknown[] }> }).exceptions;
      expect(exception?.message).toContain('"path":["customer","email"]');
      expect(exception?.message).toContain('Invalid email address');
    });

    it('has a stack whose places are masked', async () => {
      const error = new Error('x');
      error.stack = [
        'Error: x',
        '    at Object.jane.doe@example.com (/home/jane.doe@example.com/src/order.js:12:3)',
        '    at placeOrder (/var/task/node_modules/@aws-sdk+client-sns@3.1164.0/index.js:1:3)',
      ].join('\n');
      const { cause } = handlerOf(await record(throwing(error)));

      const [exception] = (cause as { exceptions: Array<{ stack: unknown }> }).exceptions;
      expect(exception?.stack).toEqual([
        { path: '/home/[email]/src/order.js', line: 12, label: expect.stringContaining('[email]') as string },
        {
          path: '/var/task/node_modules/@aws-sdk+client-sns@3.1164.0/index.js',
          line: 1,
          label: 'placeOrder',
        },
      ]);
    });

    it('follows the policy of the pipeline', async () => {
      const message = 'no order CU-12345678 of {"id":"o-1","lastName":"Doe"}';
      const customerNumber = {
        name: 'customer-number',
        category: 'identity',
        hint: (text: string) => text.includes('CU-'),
        pattern: /\bCU-\d{8}\b/g,
      } as const;
      const capture = { detectors: [customerNumber], allow: ['id'] };
      const inner = modules.traced('inner', throwing(new Error(message)));

      const documents = await record(inner, capture, 2);
      const { cause } = only(documents, 'inner');
      expect((cause as { exceptions: Array<{ message: string }> }).exceptions[0]?.message).toBe(
        'no order [customer-number] of {"id":"o-1","lastName":"<string, below 16 characters>"}',
      );
    });
  });

  describe('an annotation', () => {
    it('that is personal is masked, with one warning; others stay as they are', async () => {
      const logs = captureLogs();
      const annotate = () => {
        modules.annotate('OrderId', '3f2a9c14-7b1e-4c0d-9a55-000000000001');
        modules.annotate('Total', 1_198_000);
        modules.annotate('Customer', 'jane.doe@example.com');
        modules.annotate('Email', 'jane');
        modules.annotate('jane.doe@example.com', 1);
      };
      const first = handlerOf(await record(annotate)).annotations;
      daemon.clear();
      await record(annotate);
      const lines = logs.restore().map(({ message }) => message);

      expect(first).toMatchObject({
        OrderId: '3f2a9c14-7b1e-4c0d-9a55-000000000001',
        Total: 1_198_000,
        Customer: '[email]',
        Email: '[contact]',
      });
      expect(Object.keys(first ?? {}).join()).not.toContain('jane');
      expect(lines.filter((line) => String(line).includes('"Customer"'))).toHaveLength(1);
      expect(lines.join('\n')).toContain('is personal or secret; it is masked');
      expect(lines.join('\n')).not.toContain('jane');
    });
  });

  describe('a call in a trace', () => {
    it("shows the path of a URL with labels in the place of what is somebody's, and no query", async () => {
      const server = createServer((_request, response) => response.end());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

      const documents = await record(
        () =>
          modules.observedFetch(
            `${origin}/customers/jane.doe%40example.com/orders/o-1?email=jane@example.com`,
          ),
        {},
        2,
      );
      server.close();

      expect(only(documents, '127.0.0.1').http?.request?.url).toBe(`${origin}/customers/[email]/orders/o-1`);
      expect(JSON.stringify(documents)).not.toContain('jane');
    });

    it('shows no customer in the name of an execution, and names of resources as they are', async () => {
      const server = createServer((_request, response) => {
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end('{}');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = modules.observeClient(
        new SFNClient({
          region: 'eu-west-1',
          endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        }),
      );
      const execution = 'arn:aws:states:eu-west-1:123456789012:execution:orders:of-';

      const documents = await record(
        () => client.send(new DescribeExecutionCommand({ executionArn: `${execution}jane.doe@example.com` })),
        {},
        2,
      );
      server.close();

      expect(only(documents, 'SFN').aws).toMatchObject({ operation: 'DescribeExecution' });
      expect(JSON.stringify(documents)).toMatch(/"arn:aws:states:eu-west-1:123456789012:[^"]*\[email\]"/);
      expect(JSON.stringify(documents)).not.toMatch(/jane|Doe/);
    });
  });
});

function jsonError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
