import { randomUUID } from 'node:crypto';
import { PublishCommand } from '@aws-sdk/client-sns';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { annotate, logger, observability, traced } from 'lambda-lantern';
import { dynamodb } from '../orders/dynamodb.ts';
import { requiredVariable } from '../orders/environment.ts';
import { sns } from '../orders/sns.ts';
import { placeOrder, priceOf } from '../orders/order.ts';
import type { OrderItem } from '../orders/order.ts';
import { OrderRepository } from '../orders/order-repository.ts';
import { UNEXPECTED_PROBLEM, logFailedRequest, toProblem } from '../orders/problem.ts';
import { parseOrderRequest } from '../orders/schemas.ts';

const orders = new OrderRepository(dynamodb, requiredVariable('ORDERS_TABLE'));
const orderPlacedTopic = requiredVariable('ORDER_PLACED_TOPIC');

const priceOrder = traced('priceOrder', (items: readonly OrderItem[]) => priceOf(items));

/** `POST /orders`: prices and stores an order, and tells the rest of the shop about it. */
export async function createOrder(event: { readonly body?: unknown }) {
  const request = parseOrderRequest(event.body);
  const order = placeOrder(request, priceOrder(request.items), randomUUID(), new Date());
  annotate('OrderId', order.id);
  await orders.add(order);
  await sns.send(
    new PublishCommand({
      TopicArn: orderPlacedTopic,
      Message: JSON.stringify({ type: 'OrderPlaced', order }),
    }),
  );
  logger.info('order placed', { orderId: order.id, total: order.total });
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json', Location: `/orders/${order.id}` },
    body: JSON.stringify(order),
  };
}

export const handler = middy()
  .use(observability({ capture: { allow: ['id', 'status', 'total', 'sku', 'quantity'] } }))
  .use(httpErrorHandler({ logger: logFailedRequest, fallbackMessage: UNEXPECTED_PROBLEM }))
  .use(httpJsonBodyParser())
  .onError(toProblem)
  .handler(createOrder);
