import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiGateway } from '../../local/api-gateway/api-gateway.ts';
import { close, listen } from '../../local/http/loopback.ts';
import type { ApiDefinition } from '../../local/template/service.ts';
import { launchBrowser } from '../helpers/browser.ts';

let browser: Browser;
let pages: Server;
let origin: string;
const gateways: ApiGateway[] = [];

beforeAll(async () => {
  pages = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>A page of another origin</title>');
  });
  origin = `http://127.0.0.1:${await listen(pages, 'the page', { port: 0 })}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await Promise.all([close(pages), ...gateways.map((gateway) => gateway.stop())]);
});

async function serve(more: Pick<ApiDefinition, 'kind'> & Partial<ApiDefinition>): Promise<string> {
  const gateway = new ApiGateway({
    api: {
      id: 'abc123',
      name: 'local-shop',
      stage: 'local',
      tracing: false,
      binaryMediaTypes: [],
      routes: [{ method: 'PUT', path: '/orders', functionName: 'put-order' }],
      ...more,
    },
    invoke: () =>
      Promise.resolve({
        requestId: 'r-1',
        traceId: '1-00000000-000000000000000000000000',
        payload: JSON.stringify({
          statusCode: 200,
          body: 'stored',
          // A REST API leaves it to the function; an HTTP API with CORS sets its own.
          headers: { 'Access-Control-Allow-Origin': more.kind === 'REST' ? '*' : 'https://other.example' },
        }),
      }),
    onSegment: () => undefined,
    region: 'eu-central-1',
    accountId: '000000000000',
    port: 0,
  });
  gateways.push(gateway);
  return (await gateway.start()).url;
}

/** What a script of the page gets when it sends an order: the answer, or the browser's refusal. */
async function putFromPage(api: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(origin);
  const got = await page.evaluate(async (url) => {
    try {
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(url, { method: 'PUT', headers, body: '{}' });
      return await response.text();
    } catch (error) {
      return String(error);
    }
  }, `${api}/orders`);
  await page.close();
  return got;
}

function preflightMethod(allowOrigin: string): Pick<ApiDefinition, 'mocks'> {
  const headers = {
    'Access-Control-Allow-Origin': `'${allowOrigin}'`,
    'Access-Control-Allow-Methods': "'OPTIONS,PUT'",
    'Access-Control-Allow-Headers': "'Content-Type'",
  };
  return {
    mocks: [
      {
        method: 'OPTIONS',
        path: '/orders',
        requestTemplates: { 'application/json': '{statusCode:200}' },
        responses: [{ status: 200, headers, templates: { 'application/json': '' } }],
      },
    ],
  };
}

function corsFor(...allowOrigins: string[]): Pick<ApiDefinition, 'cors'> {
  return {
    cors: {
      allowOrigins,
      allowMethods: ['PUT'],
      allowHeaders: ['content-type'],
      exposeHeaders: [],
      allowCredentials: false,
    },
  };
}

describe('a page of another origin, in a browser', () => {
  it('uses a REST API whose method answers the preflight', async () => {
    expect(await putFromPage(await serve({ kind: 'REST', ...preflightMethod('*') }))).toBe('stored');
  });

  it('uses an HTTP API that allows its origin', async () => {
    expect(await putFromPage(await serve({ kind: 'HTTP', ...corsFor(origin) }))).toBe('stored');
  });

  it.each([
    ['a REST API without preflight', { kind: 'REST' }],
    ['a REST API that allows another', { kind: 'REST', ...preflightMethod('https://other.example') }],
    ['an HTTP API without CORS', { kind: 'HTTP' }],
    ['an HTTP API that allows another', { kind: 'HTTP', ...corsFor('https://other.example') }],
  ] as const)('cannot use %s', async (_what, api) => {
    expect(await putFromPage(await serve(api))).toContain('Failed to fetch');
  });
});
