import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { annotate, logger, observability, traced } from 'lambda-lantern';
import type { PaymentRequest } from '../orders/payment.ts';
import { SLOW_PAYMENT_MS, behaviourFor } from '../orders/payment.ts';
import { Problem, UNEXPECTED_PROBLEM, logFailedRequest, toProblem } from '../orders/problem.ts';
import { parsePaymentRequest } from '../orders/schemas.ts';

const chargeCard = traced('chargeCard', async ({ amount }: PaymentRequest) => {
  switch (behaviourFor(amount)) {
    case 'decline':
      throw new Problem(402, { detail: 'The payment was declined.' });
    case 'fail':
      throw new Error('The payment provider closed the connection');
    case 'be-slow':
      await sleep(SLOW_PAYMENT_MS);
      break;
    case 'approve':
  }
});

/** `POST /payments`: stands in for a payment provider that is sometimes slow, strict, or broken. */
export async function takePayment(event: { readonly body?: unknown }) {
  const payment = parsePaymentRequest(event.body);
  annotate('OrderId', payment.orderId);
  logger.info('payment requested', { orderId: payment.orderId, amount: payment.amount });
  await chargeCard(payment);
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ orderId: payment.orderId, status: 'approved' }),
  };
}

export const handler = middy()
  .use(observability({ capture: { allow: ['orderId', 'status'] } }))
  .use(httpErrorHandler({ logger: logFailedRequest, fallbackMessage: UNEXPECTED_PROBLEM }))
  .use(httpJsonBodyParser())
  .onError(toProblem)
  .handler(takePayment);
