import { beforeAll, describe, expect, it } from 'vitest';
import { logger } from '../../../src/index.ts';
import { placeOrder, priceOf } from '../../../src/orders/order.ts';
import { behaviourFor } from '../../../src/orders/payment.ts';
import { Problem, logFailedRequest, toProblem } from '../../../src/orders/problem.ts';
import { parseOrderPlaced, parseOrderRequest, parsePaymentRequest } from '../../../src/orders/schemas.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';

/** What was thrown, as the problem that a client would read. */
function problemOf(fn: () => unknown): Record<string, unknown> {
  try {
    fn();
  } catch (error) {
    if (error instanceof Problem) return JSON.parse(error.message) as Record<string, unknown>;
  }
  throw new Error('No problem was thrown');
}

describe('orders', () => {
  it('are priced to the cent', () => {
    expect(
      priceOf([
        { sku: 'tea', quantity: 3 },
        { sku: 'mug', quantity: 1 },
      ]),
    ).toBe(25.5);
    expect(priceOf([{ sku: 'declined-voucher', quantity: 1 }])).toBe(7.13);
  });

  it('start as placed', () => {
    const now = new Date('2026-01-02T03:04:05Z');
    expect(placeOrder({ customerId: 'c-1', items: [] }, 9, 'o-1', now)).toEqual({
      id: 'o-1',
      customerId: 'c-1',
      items: [],
      status: 'placed',
      total: 9,
      placedAt: '2026-01-02T03:04:05.000Z',
    });
  });

  it('are refused with every wrong field by name', () => {
    const body = { customerId: '', items: [{ sku: 'coffee', quantity: 0 }], coupon: 1 };
    expect(problemOf(() => parseOrderRequest(body))).toMatchObject({
      title: 'Bad Request',
      status: 400,
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'customerId' }),
        expect.objectContaining({ field: 'items.0.sku' }),
        expect.objectContaining({ field: 'items.0.quantity' }),
        expect.objectContaining({ field: '(body)' }),
      ]) as unknown[],
    });
    expect(problemOf(() => parsePaymentRequest(null))).toMatchObject({ status: 400 });
  });

  it('are read from a queue with and without the envelope of SNS', () => {
    const message = JSON.stringify({ type: 'OrderPlaced', order: { id: 'o-1', total: 9 } });
    expect(parseOrderPlaced(message)).toEqual({ id: 'o-1', total: 9 });
    expect(parseOrderPlaced(JSON.stringify({ Type: 'Notification', Message: message }))).toEqual({
      id: 'o-1',
      total: 9,
    });
    expect(() => parseOrderPlaced('{}')).toThrow();
  });
});

describe('payments', () => {
  it.each([
    [9, 'approve'],
    [7.13, 'decline'],
    [24.99, 'be-slow'],
    [3.66, 'fail'],
    [1003.66, 'fail'],
  ])('of %d: %s', (amount, behaviour) => {
    expect(behaviourFor(amount)).toBe(behaviour);
  });
});

describe('toProblem', () => {
  it('gives an HTTP error of a middleware the form of a problem, and leaves everything else', () => {
    const unsupported = {
      error: Object.assign(new Error('Unsupported Media Type'), { statusCode: 415 }) as unknown,
    };
    toProblem(unsupported);
    expect(unsupported.error).toBeInstanceOf(Problem);
    expect(unsupported.error).toMatchObject({ statusCode: 415 });

    for (const error of [new Error('boom'), new Problem(404), 'text', null]) {
      const request = { error: error as unknown };
      toProblem(request);
      expect(request.error).toBe(error);
    }
  });
});

describe('the error that ended a request', () => {
  beforeAll(() => logger.ready());

  it('is logged as information where the caller is to blame, else as an error with their stack', () => {
    const logs = captureLogs();
    logFailedRequest({ statusCode: 404 });
    logFailedRequest(new Error('boom'));
    logFailedRequest('just text');

    expect(logs.restore()).toMatchObject([
      { level: 'INFO', status: 404 },
      { level: 'ERROR', error: { message: 'boom' } },
      { level: 'ERROR', error: { message: 'just text' } },
    ]);
  });
});
