import { Readable } from 'node:stream';
import middy from '@middy/core';
import { afterEach, describe, expect, it } from 'vitest';
import { expectNoLeak } from '../../../testing/index.ts';
import { responseCapture } from '../../../src/middlewares/response-capture.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import type { ResponseCaptureOptions } from '../../../src/middlewares/response-capture.ts';
import { currentSpan } from '../../../src/telemetry/trace-scope.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
  });

  /** Lantern's own metadata of the handler's subsegment, once that has arrived. */
  function own(document: { metadata?: Record<string, unknown> }) {
    return (document.metadata?.lantern ?? {}) as Record<string, unknown>;
  }

  function pipeline() {
    return middy()
      .use(tracing({ tracer, name: '## handler' }))
      .use(responseCapture({ allow: ['status'] }));
  }

  const response = { statusCode: 201, body: JSON.stringify({ status: 'placed', email: 'jane@example.com' }) };
  const shape = { statusCode: 201, body: { status: 'placed', email: '<string, below 256 characters>' } };

  describe('responseCapture', () => {
    it.each([
      ['the handler returned', () => pipeline().handler(() => response)],
      [
        'a middleware replied early with',
        () =>
          pipeline()
            .before(() => response)
            .handler(() => undefined),
      ],
      [
        'an error was answered with',
        () =>
          pipeline()
            .onError(() => response)
            .handler(() => {
              throw new Error('boom');
            }),
      ],
    ])('puts the shape of what %s on the handler subsegment', async (_what, build) => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;

      const returned: unknown = await build()({}, lambdaContext());

      expect(returned).toBe(response);
      const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
      expect(metadata?.lantern).toEqual({
        response: expect.objectContaining({
          ...shape,
          body: { ...shape.body, email: expect.any(String) as string },
        }) as object,
      });
      expect(JSON.stringify(metadata)).not.toContain('jane');
    });

    it('shows nothing by a policy whose detector turns out too slow, and says so once', async () => {
      const slow = {
        name: 'slow',
        category: 'identity',
        hint: () => true,
        pattern: /(?:\d+)+#/g,
      } as const;
      const handler = middy()
        .use(tracing({ tracer, name: '## handler' }))
        .use(responseCapture({ detectors: [slow], allow: ['status'] }))
        .handler(() => response);
      const logs = captureLogs();

      for (let round = 0; round < 2; round += 1) {
        process.env._X_AMZN_TRACE_ID = sampledTrace().header;
        expect(await handler({}, lambdaContext())).toBe(response);
      }

      const documents = await daemon.until((all) => all.length >= 2);
      for (const { metadata } of documents) expect(metadata?.lantern).toBeUndefined();
      // Once in a process, whatever records.
      expect(logs.restore().map(({ message }) => message)).toEqual(
        recorder === RECORDERS[0] ? ['A policy cannot be used; nothing is shown by it'] : [],
      );
    });

    it('reads nothing of the response while the invocation is not recorded', async () => {
      let reads = 0;
      const watched = {
        get body() {
          reads += 1;
          return '{}';
        },
      };
      process.env._X_AMZN_TRACE_ID =
        'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

      await pipeline().handler(() => watched)({}, lambdaContext());

      expect(reads).toBe(0);
    });

    it('shows a streamed response by content type and byte count, and leaves the body to the client', async () => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;

      const returned = (await pipeline().handler(() => ({
        statusCode: 200,
        headers: { 'content-type': 'text/csv' },
        body: Readable.from(['name\n', 'Jane Doe\n']),
      }))({}, lambdaContext())) as { body: Readable };

      expect((await returned.body.toArray()).join('')).toBe('name\nJane Doe\n');
      const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
      expect(metadata?.lantern).toEqual({
        response: { statusCode: 200, headers: { 'content-type': 'text/csv' }, body: '<Readable>' },
        streamedBytes: 14,
      });
    });

    it('shows batch item failures as they are', async () => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const failures = {
        batchItemFailures: [{ itemIdentifier: '059f36b4-87a3-44ab-83d2-661975830a7d' }],
      };

      await pipeline().handler(() => failures)({}, lambdaContext());

      const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
      expect(own({ metadata: metadata ?? {} }).response).toEqual(failures);
    });

    // A document of X-Ray has room for 64 kB, a span's metadata for 32; that is proved where OpenTelemetry's recorder is.
    describe.runIf(recorder === 'xray')('beside other metadata', () => {
      /** The document of a large response, beside so many characters of metadata. */
      const documentBeside = async (size: number) => {
        process.env._X_AMZN_TRACE_ID = sampledTrace().header;
        const large = {
          rows: Array.from({ length: 2000 }, (_, at) => ({ at, text: 'some words '.repeat(20) })),
        };
        const handler = middy()
          .use(tracing({ tracer, name: '## handler' }))
          .use(responseCapture({ mode: 'values', budget: { items: 2000, bytes: 64_000 } }))
          .handler(() => {
            currentSpan()?.addMetadata('own', 'data', 'x'.repeat(size));
            return large;
          });

        expect(await handler({}, lambdaContext())).toBe(large);

        const document = only(await daemon.until((all) => all.length > 0), '## handler');
        const bytes = Buffer.byteLength(JSON.stringify(document));
        expect(bytes).toBeLessThan(64_000);
        const { response, cut } = own(document);
        return { document, bytes, response, cut };
      };

      it('captures as much as there is room for, and counts the rest', async () => {
        const { document, bytes, response, cut } = await documentBeside(40_000);

        expect(bytes).toBeGreaterThan(44_000);
        expect(document.metadata?.own).toBeDefined();
        expect(JSON.stringify(response)).toMatch(/[\d,]+ more items/);
        expect(cut).toBeUndefined();
      });

      it('says in the place of the response that there is no room for any of it', async () => {
        expect((await documentBeside(63_000)).response).toBe('<no room left in the document>');
      });

      it('says that both were cut when the metadata alone is too large', async () => {
        expect((await documentBeside(200_000)).cut).toEqual(['captured response', 'metadata']);
      });
    });

    // OpenTelemetry's errors are events, with room of their own.
    it.runIf(recorder === 'xray')(
      'keeps the response and gives up the event first, where an error needs the room',
      async () => {
        process.env._X_AMZN_TRACE_ID = sampledTrace().header;
        const words = { list: Array.from({ length: 400 }, () => 'some words '.repeat(20)) };
        const chain = (depth: number): Error =>
          new Error('word '.repeat(600), depth === 0 ? {} : { cause: chain(depth - 1) });
        const policy = { mode: 'values', budget: { items: 400 } } as const;
        const handler = middy()
          .use(tracing({ tracer, name: '## handler' }))
          .use(responseCapture({ captureEvent: policy, ...policy }))
          .onError(() => ({ statusCode: 500, body: 'sorry' }))
          .handler(() => {
            throw chain(11);
          });

        await handler(words, lambdaContext());

        const document = only(await daemon.until((all) => all.length > 0), '## handler');
        expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(64_000);
        expect(own(document).cut).toEqual(['captured event']);
        expect(own(document).response).toMatchObject({ statusCode: 500 });
      },
    );

    it.each([
      [{ captureEvent: 'yes' }, 'takes true, false or a redaction policy, but got "yes"'],
      [{ captureEvent: { allowed: [] } }, 'no option "allowed"'],
      [{ allowed: [] }, 'no option "allowed"'],
    ])('refuses the options %o when the pipeline is built', (options, message) => {
      expect(() => responseCapture(options as ResponseCaptureOptions)).toThrow(message);
    });
  });

  describe('the captured event', () => {
    const capture = async (event: unknown, options: ResponseCaptureOptions = { captureEvent: true }) => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const handler = middy()
        .use(tracing({ tracer, name: '## handler' }))
        .use(responseCapture({ ...options }))
        .before((request) => {
          // As a parser does.
          (request.event as { body?: unknown }).body = { parsed: true };
        })
        .handler(() => ({ statusCode: 204 }));
      await handler(structuredClone(event), lambdaContext());
      const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
      return metadata?.lantern as { event?: unknown; response?: unknown };
    };
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const customer = JSON.stringify({ id: 'o-1', customer: { name: 'Jane Doe' } });
    const opened = { id: expect.any(String) as string, customer: { name: '<string, below 16 characters>' } };

    it('is left out unless it is asked for', async () => {
      expect(await capture({ body: customer }, {})).not.toHaveProperty('event');
    });

    it('is that of API Gateway, REST and HTTP, with its body opened and nothing of the customer', async () => {
      const rest = {
        resource: '/orders/{id}',
        path: '/orders/jane.doe@example.com',
        httpMethod: 'POST',
        headers: { 'content-type': 'application/json', Cookie: 'session=s3cr3t-value', 'X-Name': 'Jane Doe' },
        queryStringParameters: { email: 'jane.doe@example.com' },
        pathParameters: { id: 'jane.doe@example.com' },
        requestContext: { identity: { sourceIp: '192.0.2.146', userAgent: 'Mozilla/5.0 (Jane)' } },
        body: customer,
        isBase64Encoded: false,
      };
      const http = {
        version: '2.0',
        rawPath: '/orders/jane.doe@example.com',
        rawQueryString: 'email=jane.doe%40example.com&page=12345',
        cookies: ['session=s3cr3t-value', 'theme=dark-green'],
        headers: { 'content-type': 'application/json' },
        requestContext: {
          http: { sourceIp: '192.0.2.146' },
          authorizer: { jwt: { claims: { sub: 'Jane Doe' } } },
        },
        body: base64(customer),
        isBase64Encoded: true,
      };
      for (const event of [rest, http]) {
        const { event: shown } = await capture(event);
        daemon.clear();

        expect(shown).toMatchObject({ body: opened, headers: { 'content-type': 'application/json' } });
        expectNoLeak(event, shown);
      }
    });

    it.each([
      [
        'SQS',
        { messageId: 'm-4711', body: customer, messageAttributes: { name: { stringValue: 'Jane Doe' } } },
        { body: opened },
      ],
      [
        'SNS to SQS',
        { body: JSON.stringify({ Type: 'Notification', Message: customer }) },
        { body: { Message: opened } },
      ],
      ['SNS', { Sns: { Message: customer, Subject: 'for Jane Doe' } }, { Sns: { Message: opened } }],
      [
        'Kinesis',
        { kinesis: { data: base64(customer), partitionKey: 'Jane Doe' } },
        { kinesis: { data: opened } },
      ],
      [
        'DynamoDB',
        {
          dynamodb: {
            Keys: { id: { S: 'o-1' } },
            NewImage: {
              id: { S: 'o-1' },
              customer: { M: { name: { S: 'Jane Doe' }, tags: { L: [{ N: '47114711' }, { NULL: true }] } } },
            },
          },
        },
        {
          dynamodb: {
            NewImage: { ...opened, customer: { ...opened.customer, tags: ['<2 items>', '<number | null>'] } },
          },
        },
      ],
    ])('is that of %s, with its records opened', async (_source, record, shown) => {
      const event = { Records: [record] };
      const { event: captured } = await capture(event);

      expect(captured).toMatchObject({ Records: ['<1 item>', shown] });
      expectNoLeak(event, captured);
    });

    it('shows what its own policy allows, by the names in what was opened', async () => {
      const event = { Records: [{ dynamodb: { NewImage: { id: { S: 'o-1' }, name: { S: 'Jane Doe' } } } }] };
      const { event: shown, response: ofResponse } = await capture(event, {
        captureEvent: { allow: ['id'] },
        mode: 'off',
      });

      expect(shown).toMatchObject({ Records: [{ dynamodb: { NewImage: { id: 'o-1' } } }] });
      expectNoLeak(event, shown, { allow: ['id', 'Records[].dynamodb.NewImage.id.S'] });
      expect(ofResponse).toBeUndefined();
    });
  });
});
