import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import { describe, expect, it } from 'vitest';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import { getCorrelationId } from '../../../src/propagation/correlation.ts';
import { lambdaContext } from '../../helpers/lambda.ts';

function restEvent(headers: Record<string, string> | null) {
  return { httpMethod: 'POST', headers };
}

function respondWithId() {
  return { statusCode: 200, body: getCorrelationId() ?? 'none' };
}

describe('correlationId', () => {
  it('gives the handler the id of the event, and repeats it in the answer', async () => {
    const handler = middy().use(correlationId()).handler(respondWithId);

    const response: unknown = await handler(restEvent({ 'X-Correlation-Id': 'order-17' }), lambdaContext());

    expect(response).toEqual({
      statusCode: 200,
      body: 'order-17',
      headers: { 'x-correlation-id': 'order-17' },
    });
  });

  it('uses the request id where the event carries none', async () => {
    const context = lambdaContext();

    const response: unknown = await middy().use(correlationId()).handler(respondWithId)(
      restEvent(null),
      context,
    );

    expect(response).toMatchObject({ headers: { 'x-correlation-id': context.awsRequestId } });
  });

  it('replaces an id that is not safe to repeat, and says so without repeating it', async () => {
    const warnings: string[] = [];
    const handler = middy()
      .use(correlationId({ logger: { warn: (message) => warnings.push(message) } }))
      .handler(respondWithId);

    const response: unknown = await handler(
      restEvent({ 'x-correlation-id': 'a\r\nset-cookie: b' }),
      lambdaContext(),
    );

    expect(JSON.stringify(response)).not.toContain('set-cookie');
    expect(warnings).toHaveLength(1);
    expect(warnings.join()).not.toContain('set-cookie');
  });

  it('adds the header to the answer of an error handler', async () => {
    const handler = middy()
      .use(correlationId())
      .use(httpErrorHandler({ logger: false }))
      .handler(() => {
        throw new Error('boom');
      });

    const response: unknown = await handler(restEvent({ 'x-correlation-id': 'order-18' }), lambdaContext());

    expect(response).toMatchObject({ statusCode: 500, headers: { 'x-correlation-id': 'order-18' } });
  });

  it('adds the header to the answer of a middleware that replies early', async () => {
    const refuse = () => ({ statusCode: 401 });
    const event = restEvent({ 'x-correlation-id': 'order-21' });
    const expected = { statusCode: 401, headers: { 'x-correlation-id': 'order-21' } };

    const before = middy().use(correlationId()).before(refuse).handler(respondWithId);
    const after = middy().use(correlationId()).after(refuse).handler(respondWithId);
    const onError = middy()
      .use(correlationId())
      .onError(refuse)
      .handler(() => {
        throw new Error('boom');
      });

    for (const handler of [before, after, onError]) {
      expect(await (handler(event, lambdaContext()) as Promise<unknown>)).toEqual(expected);
    }
  });

  it('answers an ALB that is set to multi-value headers in these', async () => {
    const event = {
      httpMethod: 'GET',
      multiValueHeaders: { 'x-correlation-id': ['order-22'] },
      requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:0:targetgroup/x/y' } },
    };

    const response: unknown = await middy().use(correlationId()).handler(respondWithId)(
      event,
      lambdaContext(),
    );

    expect(response).toMatchObject({ multiValueHeaders: { 'x-correlation-id': ['order-22'] } });
  });

  it('keeps a header that the handler set, and does not touch what it returned', async () => {
    const returned = Object.freeze({
      statusCode: 200,
      headers: Object.freeze({ 'X-Correlation-ID': 'mine' }),
    });
    const plain = Object.freeze({ statusCode: 200 });

    const kept: unknown = await middy()
      .use(correlationId())
      .handler(() => returned)(restEvent(null), lambdaContext());
    const added: unknown = await middy()
      .use(correlationId())
      .handler(() => plain)(restEvent(null), lambdaContext());

    expect(kept).toBe(returned);
    expect(added).not.toBe(plain);
    expect(plain).toEqual({ statusCode: 200 });
  });

  it.each(['returns', 'throws', 'is skipped'])(
    'is not visible after an invocation whose handler %s',
    async (ending) => {
      const pipeline = middy().use(correlationId());
      if (ending === 'is skipped') pipeline.before(() => ({ statusCode: 401 }));
      const handler = pipeline.handler(() => {
        if (ending === 'throws') throw new Error('boom');
        return { statusCode: 200 };
      });

      await handler(restEvent({ 'x-correlation-id': 'order-19' }), lambdaContext()).catch(() => undefined);

      expect(getCorrelationId()).toBeUndefined();
    },
  );

  it('keeps overlapping invocations apart', async () => {
    const handler = middy()
      .use(correlationId())
      .handler(async (event: unknown) => {
        const { wait } = event as { wait: number };
        await new Promise((resolve) => setTimeout(resolve, wait));
        return getCorrelationId();
      });

    const ids = Array.from({ length: 32 }, (_, index) => `order-${index}`);
    const seen: unknown[] = await Promise.all(
      ids.map((id, index): Promise<unknown> =>
        handler({ ...restEvent({ 'x-correlation-id': id }), wait: (index * 7) % 11 }, lambdaContext()),
      ),
    );

    expect(seen).toEqual(ids);
  });
});
