import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import { annotate, logger, observability } from 'lambda-lantern';
import { dynamodb } from '../orders/dynamodb.ts';
import { requiredVariable } from '../orders/environment.ts';
import { OrderRepository } from '../orders/order-repository.ts';
import { Problem, UNEXPECTED_PROBLEM, logFailedRequest } from '../orders/problem.ts';

const orders = new OrderRepository(dynamodb, requiredVariable('ORDERS_TABLE'));

interface GetOrderEvent {
  readonly pathParameters?: { readonly orderId?: string | undefined } | null;
}

/** `GET /orders/{orderId}`. */
export async function getOrder(event: GetOrderEvent) {
  const orderId = event.pathParameters?.orderId ?? '';
  annotate('OrderId', orderId);
  const order = orderId === '' ? undefined : await orders.find(orderId);
  if (order === undefined) throw new Problem(404, { detail: 'There is no order with this id.' });
  logger.info('order read', { orderId, status: order.status });
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  };
}

export const handler = middy<GetOrderEvent>()
  .use(observability({ capture: { allow: ['id', 'status', 'total', 'sku', 'quantity'] } }))
  .use(httpErrorHandler({ logger: logFailedRequest, fallbackMessage: UNEXPECTED_PROBLEM }))
  .handler(getOrder);
