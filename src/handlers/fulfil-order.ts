import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { annotate, logger, observability, observedFetch, withRecord } from 'lambda-lantern';
import { dynamodb } from '../orders/dynamodb.ts';
import { requiredVariable } from '../orders/environment.ts';
import { OrderRepository } from '../orders/order-repository.ts';
import { parseOrderPlaced } from '../orders/schemas.ts';

const orders = new OrderRepository(dynamodb, requiredVariable('ORDERS_TABLE'));
const paymentsUrl = requiredVariable('PAYMENTS_URL');

/** A batch of `OrderPlaced` messages. One that fails is retried alone, and ends in the dead-letter queue. */
export async function fulfilOrder(event: SQSEvent): Promise<SQSBatchResponse> {
  return processPartialResponse(
    event,
    (record: SQSRecord) => withRecord(record, () => fulfil(record)),
    new BatchProcessor(EventType.SQS),
  );
}

async function fulfil(record: SQSRecord): Promise<void> {
  const { id, total } = parseOrderPlaced(record.body);
  annotate('OrderId', id);
  const response = await observedFetch(`${paymentsUrl}/payments`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ orderId: id, amount: total }),
  });
  // A declined payment is an outcome, not a failure: trying again would not change it.
  if (!response.ok && response.status !== 402) {
    throw new Error(`The payment of order ${id} failed with status ${response.status}`);
  }
  const status = response.ok ? 'paid' : 'declined';
  await orders.setStatus(id, status);
  logger.info('order fulfilled', { orderId: id, status });
}

export const handler = middy<SQSEvent, SQSBatchResponse>().use(observability()).handler(fulfilOrder);
