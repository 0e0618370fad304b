import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { describe, expect, it } from 'vitest';
import { observability } from '../../../src/middlewares/observability.ts';
import { logger } from '../../../src/telemetry/logger.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);

  const event = {
    httpMethod: 'POST',
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'order-20' },
    body: '{"quantity":2}',
  };

  describe('observability', () => {
    it('gives trace, log line and answer the same correlation id', async () => {
      const logs = captureLogs();
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const handler = middy()
        .use(observability({ tracing: { tracer, name: '## handler' }, capture: { allow: ['quantity'] } }))
        .use(httpErrorHandler())
        .use(httpJsonBodyParser())
        .handler((received: unknown) => {
          logger.info('handled');
          return { statusCode: 200, body: JSON.stringify((received as { body: unknown }).body) };
        });
      const context = lambdaContext();

      const response: unknown = await (handler as (...args: unknown[]) => Promise<unknown>)(event, context);

      expect(response).toMatchObject({ body: '{"quantity":2}', headers: { 'x-correlation-id': 'order-20' } });
      expect(only(await daemon.until((all) => all.length > 0), '## handler')).toMatchObject({
        annotations: { CorrelationId: 'order-20' },
        metadata: { lantern: { response: { statusCode: 200, body: { quantity: 2 } } } },
      });
      expect(logs.restore()).toContainEqual(
        expect.objectContaining({
          message: 'handled',
          correlation_id: 'order-20',
          function_request_id: context.awsRequestId,
        }),
      );
    });

    it('captures no response when told so', async () => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const handler = middy()
        .use(observability({ tracing: { tracer, name: '## handler' }, capture: false }))
        .handler(() => ({ statusCode: 200 }));

      await handler(event, lambdaContext());

      const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
      expect(metadata?.lantern).toBeUndefined();
    });
  });
});
