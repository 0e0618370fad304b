import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from '@aws-lambda-powertools/event-handler/http';
import middy from '@middy/core';
import httpRouterHandler from '@middy/http-router';
import { describe, expect, it } from 'vitest';
import { exceptionsOf, handlerOf, isHandler, named, textOf } from '../../contract/documents.ts';
import type { Sent } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { fc } from '../../helpers/fast-check.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';
import { fixture as eventFixture } from '../propagation/event-fixtures.ts';
import { annotate, observability, recordRoute, traced } from '../../../src/index.ts';
import type { ObservabilityOptions } from '../../../src/index.ts';
import { httpRequestOf, routeOf } from '../../../src/telemetry/http-request.ts';

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);

  function pipeline(options: ObservabilityOptions = {}) {
    return middy().use(observability({ ...options, tracing: { tracer, name: '## handler' } }));
  }
  /** The handler's document of an invocation with this event. */
  async function recorded(
    event: unknown,
    handle: (event: never, context: never) => unknown = () => ({ statusCode: 204 }),
    options: ObservabilityOptions = {},
  ): Promise<Sent> {
    const { traceId } = await invoke(pipeline(options).handler(handle as never), { event });
    await daemon.until((all) => all.some(isHandler));
    return handlerOf(await daemon.settled(), traceId);
  }

  const API = 'https://abcdef1234.execute-api.eu-central-1.amazonaws.com';
  /** An event of a REST API whose route takes everything. */
  function v1(path: string, more: object = {}) {
    return {
      httpMethod: 'GET',
      path,
      headers: { Host: 'api.example.com' },
      multiValueHeaders: {},
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      stageVariables: null,
      isBase64Encoded: false,
      pathParameters: null,
      resource: '/{proxy+}',
      requestContext: { httpMethod: 'GET', path, domainName: 'api.example.com' },
      ...more,
    };
  }

  describe('the request that an invocation answers', () => {
    const rows: ReadonlyArray<readonly [fixture: string, method: string, url: string, route: string | null]> =
      [
        ['api-gateway-rest', 'PUT', `${API}/orders/o-17`, '/orders/{id}'],
        ['api-gateway-http', 'POST', `${API}/orders`, '/orders'],
        ['api-gateway-http-format-1', 'POST', `${API}/orders`, '/orders'],
        [
          'function-url',
          'POST',
          'https://m5n6p7q8r9s0t1u2v3w4x5y6z7a8b9c0.lambda-url.eu-central-1.on.aws/orders',
          null,
        ],
        ['alb', 'POST', 'https://shop-alb-1234567890.eu-central-1.elb.amazonaws.com/orders', null],
      ];

    it.each(rows)('is on the handler: %s', async (fixture, method, url, route) => {
      const handler = await recorded(eventFixture(fixture));

      expect(handler.http).toEqual({ request: { method, url }, response: { status: 204 } });
      expect(handler.annotations).toMatchObject({
        HttpMethod: method,
        HttpPath: new URL(url).pathname,
        ...(route !== null && { HttpRoute: route }),
      });
      expect('HttpRoute' in (handler.annotations ?? {})).toBe(route !== null);
    });

    it.each(['alb-multi-value', 'vpc-lattice-v1', 'vpc-lattice-v2'])('is read from %s', (fixture) => {
      expect(httpRequestOf(eventFixture(fixture))).toMatchObject({ method: 'POST', path: '/orders' });
    });

    it.each([
      'sqs',
      'sns',
      'eventbridge',
      's3',
      'kinesis',
      'api-gateway-websocket-message',
      'appsync',
      'direct-invoke',
    ])('is none for %s', async (fixture) => {
      const handler = await recorded(eventFixture(fixture));
      // That of the answer is the one status that OpenTelemetry has.
      expect(handler.http).toEqual(recorder === 'xray' ? undefined : { response: { status: 204 } });
      expect(Object.keys(handler.annotations ?? {}).filter((key) => key.startsWith('Http'))).toEqual([]);
    });

    it('has no query string, and labels in its path for what is somebody’s, by the policy of the pipeline', async () => {
      const event = v1('/customers/jane.doe@example.com/orders/K-4711?token=abc#x');
      const detector = {
        name: 'customer-number',
        category: 'identity' as const,
        hint: (text: string) => text.includes('K-'),
        pattern: /K-\d{4}/g,
      };
      const handler = await recorded(event, undefined, { capture: { detectors: [detector] } });

      expect(textOf(handler)).not.toMatch(/jane|token|abc|4711|\?/);
      expect(handler.annotations?.HttpPath).toMatch(/^\/customers\/\[[a-z]+\]\/orders\/\[customer-number\]$/);
    });

    it('keeps the names of its annotations, whatever a detector takes for somebody’s', async () => {
      const detector = {
        name: 'two-words',
        category: 'identity' as const,
        hint: () => true,
        pattern: /\b(?:[A-Z][a-z]{2,10}){1,2}\b/g,
      };
      const own = {
        CustomerTier: 'gold',
        Service: 'orders',
      };
      const { annotations } = await recorded(
        v1('/orders'),
        () => {
          for (const [key, value] of Object.entries(own)) annotate(key, value);
          return { statusCode: 204 };
        },
        { capture: { detectors: [detector] } },
      );

      expect(annotations).toMatchObject({ HttpMethod: 'GET', HttpPath: '/orders', Service: 'orders' });
      expect(annotations).toHaveProperty('ColdStart');
      expect(annotations).toHaveProperty('CorrelationId');
      expect(annotations).not.toHaveProperty('CustomerTier');
    });

    it('is known when the timeout is near', async () => {
      const startedAt = Date.now();
      const running = invoke(
        middy()
          .use(observability({ tracing: { tracer, name: '## handler', timeoutReserve: 200 } }))
          .handler(() => sleep(250)),
        { event: v1('/orders/o-1'), remaining: () => 300 - (Date.now() - startedAt) },
      );
      const isEarly = ({ in_progress: open, fault }: SegmentDocument) =>
        recorder === 'xray' ? open === true : fault === true;
      const [early] = await daemon.until((all) => all.some(isEarly));
      expect(early?.http?.request?.url).toBe('https://api.example.com/orders/o-1');
      await running;
    });

    it('says nothing wrong, and never throws, whatever the event is', () => {
      fc.assert(
        fc.property(
          fc.record(
            Object.fromEntries(
              [
                'httpMethod',
                'method',
                'path',
                'rawPath',
                'routeKey',
                'resource',
                'headers',
                'pathParameters',
                'requestContext',
              ].map((key) => [key, fc.anything()]),
            ),
            { requiredKeys: [] },
          ),
          (event) => {
            const found = httpRequestOf(event);
            if (found === undefined) return;
            expect(found.path).toMatch(/^\/[^?#]*$/);
            expect(found.origin).toMatch(/^(https?:\/\/[\w.:-]+)?$/);
            routeOf(event, found.path);
          },
        ),
      );
      const hostile = new Proxy(
        {},
        {
          get() {
            throw new Error('hostile');
          },
        },
      );
      expect(httpRequestOf(hostile)).toBeUndefined();
      expect(routeOf(hostile, '/')).toBeUndefined();
    });
  });

  describe('a router in the handler', () => {
    const answer = () => Promise.resolve({ statusCode: 200 });
    const routes = [
      { method: 'GET' as const, path: '/users/{id}', handler: answer },
      { method: 'GET' as const, path: '/users/{id}/orders/{order}', handler: answer },
      { method: 'GET' as const, path: '/files/{proxy+}', handler: answer },
      { method: 'GET' as const, path: '/health', handler: answer },
    ];
    const requests: ReadonlyArray<readonly [path: string, more: object, route: string | null]> = [
      ['/users/42', {}, '/users/{id}'],
      ['/users/42/', {}, '/users/{id}'],
      ['/users/users', {}, '/users/{id}'],
      ['/users/42/orders/42', {}, '/users/{id}/orders/{order}'],
      ['/users/42', { pathParameters: { proxy: 'users/42' } }, '/users/{id}'],
      ['/files/a/b/c', { resource: undefined }, '/files/{proxy+}'],
      ['/health', {}, '/{proxy+}'],
      ['/health', { resource: undefined }, null],
    ];

    it.each(requests)('of Middy names the route of %s, with %j: %s', async (path, more, route) => {
      const handler = await recorded(v1(path, more), httpRouterHandler(routes));
      expect(handler.annotations?.HttpRoute ?? null).toBe(route);
    });

    const QUIET = {
      info: () => undefined,
      error: () => undefined,
      debug: () => undefined,
      warn: () => undefined,
    };
    const app = new Router({ logger: QUIET });
    app.use(recordRoute);
    app.get('/users/:id', () => ({ ok: true }));
    app.get('/fails/:id', () => {
      throw new RangeError('no user jane.doe@example.com');
    });

    it('of Powertools names its route', async () => {
      const handler = await recorded(v1('/users/42'), (event, context) => app.resolve(event, context));
      expect(handler.annotations?.HttpRoute).toBe('/users/:id');
      expect(handler).not.toHaveProperty('fault');
    });

    it('of Powertools does not swallow what a route has thrown, in the step that it runs in', async () => {
      const resolve = traced('routes', (event: never, context: never) => app.resolve(event, context));
      const handler = await recorded(v1('/fails/1'), resolve);
      const step = named(daemon.documents, 'routes');
      expect(exceptionsOf(step)[0]).toMatchObject({ type: 'RangeError' });
      expect(handler).toMatchObject({ fault: true, http: { response: { status: 500 } } });
      expect(handler.annotations?.HttpRoute).toBe('/fails/:id');
      expect(JSON.stringify(daemon.documents)).not.toContain('jane');
    });

    it('of Powertools that finds no route says so by its status', async () => {
      const other = new Router({ logger: QUIET });
      other.use(recordRoute);
      const handler = await recorded(v1('/nothing'), (event, context) => other.resolve(event, context));
      expect(handler).toMatchObject({ error: true, http: { response: { status: 404 } } });
    });

    it('changes nothing where nothing is recorded', async () => {
      const response = await app.resolve(v1('/users/42'), {} as never);
      expect(response).toMatchObject({ statusCode: 200 });
      expect(await app.resolve(v1('/fails/1'), {} as never)).toMatchObject({ statusCode: 500 });
    });
  });
});
