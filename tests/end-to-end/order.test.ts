import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entity, Segment } from '../../local/xray/document.ts';
import type { TimelineRow } from '../../local/xray/timeline.ts';
import { buildTimeline } from '../../local/xray/timeline.ts';
import type { LocalStack } from '../helpers/local-stack.ts';
import {
  expectCalls,
  expectNoFault,
  expectNoLeak,
  expectNoPersonalData,
  expectServices,
  waitForTrace,
} from '../../testing/index.ts';
import { unpacked } from '../helpers/document-receiver.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { PATIENCE_MS, until } from '../helpers/until.ts';

let project: ProjectCopy;
let stack: LocalStack;

beforeAll(async () => {
  project = await copyProject();
  await addEchoFunction(project.directory);
  stack = await startLocalStack(project.directory);
});
afterAll(async () => {
  await stack.stop();
  await project.remove();
});

/** A function that does what should not be done: it logs whole orders, and repeats them in what it throws. */
async function addEchoFunction(directory: string): Promise<void> {
  await writeFile(
    join(directory, 'src/handlers/echo-order.ts'),
    `import middy from '@middy/core';
     import { observability } from '../middlewares/observability.ts';
     import { logger } from '../telemetry/logger.ts';
     import { annotate, traced } from '../telemetry/traced.ts';
     const find = traced('findCustomer', async (order: unknown) => ({ order, found: true }), { capture: true });
     export const echoOrder = async (event: { body: string; pathParameters: { name: string } }) => {
       const order = JSON.parse(event.body) as { customer: { email: string } };
       logger.info('order', { order });
       logger.info(\`order of \${order.customer.email}\`, { event });
       annotate('Customer', order.customer.email);
       await find(order);
       throw new Error(\`Cannot place \${event.body}\`, { cause: new TypeError(\`no customer \${order.customer.email}\`) });
     };
     export const handler = middy<{ body: string; pathParameters: { name: string } }>()
       .use(observability({ captureEvent: true }))
       .onError((request) => {
         logger.error('order failed', request.error as Error);
         return { statusCode: 500, body: event(request.event) };
       })
       .handler(echoOrder);
     function event({ body }: { body: string }) { return body; }
    `,
  );
  const file = join(directory, 'serverless.yml');
  // At the beginning of a line: the settings of the plugin have functions, too.
  const functions = `
functions:
  echo-order:
    handler: src/handlers/echo-order.handler
    events:
      - http: POST /echo/{name}
`;
  await writeFile(file, (await readFile(file, 'utf8')).replace('\nfunctions:\n', functions));
}

/** Places an order and waits for every row of its two traces. */
async function orderAndFollow(sku: string): Promise<{ rows: readonly TimelineRow[]; correlationId: string }> {
  const correlationId = `order-${sku}-${Date.now()}`;
  const response = await stack.order(sku, { 'x-correlation-id': correlationId });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-correlation-id')).toBe(correlationId);
  const traceId = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '')?.[1] ?? '';
  const rows = await until(async () => {
    const { trace, linked } = await stack.trace(traceId);
    const timeline = buildTimeline([trace, ...linked], Date.now() / 1000);
    const complete =
      linked.length > 0 &&
      timeline.rows.every(({ end, orphan }) => end !== undefined && !orphan) &&
      timeline.rows.some(({ name }) => name === '## src/handlers/fulfil-order.handler');
    return complete ? timeline.rows : undefined;
  }, `the whole trace of ${sku}`);
  return { rows, correlationId };
}

function row(rows: readonly TimelineRow[], name: string, type?: string): TimelineRow {
  const found = rows.find((each) => each.name === name && (type === undefined || each.type === type));
  if (found === undefined)
    throw new Error(`No row ${name} among ${rows.map((each) => each.name).join(', ')}`);
  return found;
}

/** Names from the row up to its root. */
function path(rows: readonly TimelineRow[], of: TimelineRow): string[] {
  const parent = rows.find(({ key }) => key === of.parentKey);
  return [of.name, ...(parent === undefined ? [] : path(rows, parent))];
}

function exceptionsOf(entity: Entity) {
  return typeof entity.cause === 'object' ? (entity.cause.exceptions ?? []) : [];
}

describe('an order', () => {
  it('is followed from HTTP through the queue to the last function', async () => {
    const { rows } = await orderAndFollow('tea');

    const lambda = 'order-shop-local-create-order';
    expect(path(rows, row(rows, 'priceOrder'))).toEqual([
      'priceOrder',
      '## src/handlers/create-order.handler',
      'Invocation',
      lambda,
      lambda,
      'Lambda',
      'local-order-shop/local',
    ]);
    expect(rows.filter(({ name }) => name === lambda).map(({ type }) => type)).toEqual([
      'AWS::Lambda',
      'AWS::Lambda::Function',
    ]);
    expect(path(rows, row(rows, 'SNS'))).toContain('## src/handlers/create-order.handler');
    expect(row(rows, 'DynamoDB').entity.aws).toMatchObject({ operation: 'PutItem' });

    // The queue begins a new trace that links back, as Lambda's own poller does.
    const fulfil = row(rows, 'order-shop-local-fulfil-order', 'AWS::Lambda');
    expect(fulfil.link).toBeDefined();
    expect((fulfil.entity as Segment).links?.[0]?.trace_id).toBe(row(rows, 'SNS').traceId);
    expect(path(rows, row(rows, 'chargeCard'))).toEqual([
      'chargeCard',
      '## src/handlers/take-payment.handler',
      'Invocation',
      'order-shop-local-take-payment',
      'order-shop-local-take-payment',
      'Lambda',
      'local-order-shop/local',
      '127.0.0.1',
      'record',
      '## src/handlers/fulfil-order.handler',
      'Invocation',
      'order-shop-local-fulfil-order',
      'order-shop-local-fulfil-order',
    ]);
    expect(rows.every(({ status }) => status === 'ok')).toBe(true);
  });

  it('has one correlation id in the log lines and traces of all its functions', async () => {
    const { rows, correlationId } = await orderAndFollow('mug');
    const lines = stack.run
      .output()
      .split('\n')
      .filter((line) => line.includes(`"correlation_id":"${correlationId}"`));

    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['create-order', 'fulfil-order', 'take-payment']),
    );
    for (const name of [
      '## src/handlers/create-order.handler',
      'record',
      '## src/handlers/take-payment.handler',
    ]) {
      expect(row(rows, name).entity.annotations?.CorrelationId).toBe(correlationId);
    }
    const orderId = row(rows, '## src/handlers/create-order.handler').entity.annotations?.OrderId;
    const read = await fetch(`${stack.api}/orders/${String(orderId)}`, {
      headers: { 'x-correlation-id': correlationId },
    });
    expect(await read.json()).toMatchObject({ id: orderId, status: 'paid', total: 12 });
    await stack.run.until(new RegExp(`get-order .*"correlation_id":"${correlationId}"`));
  });

  it('is held to its services, its calls and its silence by what users write in their own tests', async () => {
    const correlationId = `asserted-${Date.now()}`;
    const response = await stack.order('tea', { 'x-correlation-id': correlationId });
    const [create, fulfil] = ['order-shop-local-create-order', 'order-shop-local-fulfil-order'];
    const functions = [create, fulfil, 'order-shop-local-take-payment'];

    const trace = await waitForTrace({
      correlationId,
      url: stack.console,
      timeout: PATIENCE_MS,
      until: (seen) => expectServices(seen, functions),
    });

    expectServices(trace, functions, { inOrder: true });
    expectCalls(trace, { 'DynamoDB PutItem': 1, 'SNS Publish': 1 }, { from: create });
    expectCalls(trace, { 'DynamoDB UpdateItem': 1, '127.0.0.1 POST': 1 }, { from: fulfil });
    expectNoFault(trace, { errors: true });
    const placed = (await response.json()) as object;
    expectNoPersonalData(trace, {
      of: { ...placed, customerId: 'c-1' },
      allow: ['id', 'status', 'placedAt'],
    });
    expect(() => expectCalls(trace, { 'SNS Publish': 1 }, { from: create })).toThrow(
      /DynamoDB PutItem \S+: expected none, got 1/,
    );
  });

  it('whose payment fails shows a fault with the error and its stack', async () => {
    const { rows } = await orderAndFollow('broken-strainer');

    const charge = row(rows, 'chargeCard');
    expect(charge.status).toBe('fault');
    const [exception] = exceptionsOf(charge.entity);
    expect(exception).toMatchObject({ type: 'Error', message: 'The payment provider closed the connection' });
    expect(exception?.stack?.some(({ path: file }) => file?.includes('take-payment.ts'))).toBe(true);
    expect(row(rows, '## src/handlers/fulfil-order.handler').status).toBe('fault');
  });

  it('whose payment is slow shows a bar of two seconds', async () => {
    const { rows } = await orderAndFollow('slow-teapot');

    const { start, end } = row(rows, 'chargeCard');
    expect((end ?? 0) - start).toBeGreaterThanOrEqual(1.99);
  });

  it('whose payment is declined shows an error, and is fulfilled as declined', async () => {
    const { rows } = await orderAndFollow('declined-voucher');

    expect(row(rows, 'chargeCard').status).toBe('error');
    expect(row(rows, '127.0.0.1').entity.http?.response?.status).toBe(402);
    expect(row(rows, '## src/handlers/fulfil-order.handler').status).not.toBe('fault');
    await stack.run.until('"status":"declined"');
  });

  it('is answered with a problem that names each wrong field when it is wrong', async () => {
    const response = await fetch(`${stack.api}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customerId: 'c-1', items: [{ sku: 'coffee', quantity: 1.5 }] }),
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'items.0.sku' }, { field: 'items.0.quantity' }],
    });
    expect((await fetch(`${stack.api}/orders/none`)).status).toBe(404);
    expect((await fetch(`${stack.api}/unknown`)).status).toBe(403);
  });

  it('keeps what customers wrote out of traces and logs', async () => {
    const secret = 'jane.doe@example.com';
    const response = await fetch(`${stack.api}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-correlation-id': 'private-1' },
      body: JSON.stringify({ customerId: secret, items: [{ sku: 'tea', quantity: 1 }] }),
    });
    expect(await response.json()).toMatchObject({ customerId: secret });
    const traceId = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '')?.[1] ?? '';
    const page = await until(async () => {
      const found = await stack.trace(traceId);
      return JSON.stringify(found).includes('"response":{"statusCode":201') ? found : undefined;
    }, 'the captured response');

    expect(JSON.stringify(page)).not.toContain('jane');
    expect(stack.run.output()).not.toContain('jane');
  });

  it('keeps them out of a function that logs whole orders and repeats them in its errors', async () => {
    const order = {
      id: 'e3b0c442-98fc-4c14-9afb-f4c8996fb924',
      customer: {
        firstName: 'Waltraud',
        lastName: 'Quenzelmeier',
        email: 'waltraud.quenzelmeier@example.com',
        phone: '+49 30 23125 000',
        street: 'Zypressenweg 17b',
        iban: 'DE89370400440532013000',
      },
    };
    const response = await fetch(`${stack.api}/echo/waltraud.quenzelmeier@example.com`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'session=8f14e45fceea167a',
        'x-correlation-id': 'echo-1',
      },
      body: JSON.stringify(order),
    });
    expect(await response.json()).toEqual(order);
    const traceId = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '')?.[1] ?? '';
    const page = await until(async () => {
      const found = await stack.trace(traceId);
      const text = JSON.stringify(found);
      return text.includes('"result":{') && text.includes('"response":{"statusCode":500') ? found : undefined;
    }, 'the captured error, event and result');
    await stack.run.until('"message":"order failed"');
    const logs = stack.run
      .output()
      .split('\n')
      .filter((line) => line.includes('"correlation_id":"echo-1"'))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as unknown);

    // The id is no secret of anybody's, and in the logs it is what is needed.
    expect(logs).toMatchObject([
      { order: { id: order.id } },
      { message: 'order of [email]' },
      { message: 'The value of the annotation "Customer" is personal or secret; it is masked' },
      { message: 'order failed' },
    ]);
    const { customer } = order;
    expectNoLeak(customer, logs, { characters: 6 });
    // What the function sends; API Gateway records the path of a request by itself, here as in AWS.
    const sent = page.trace.documents.filter(({ type }) => type === 'subsegment').flatMap(unpacked);
    expect(sent.map(({ name }) => name).sort()).toEqual([
      '## src/handlers/echo-order.handler',
      'findCustomer',
    ]);
    expectNoLeak(customer, sent, { characters: 6 });
  });
});
