import * as z from 'zod';
import { SKUS } from './catalogue.ts';
import type { OrderRequest } from './order.ts';
import type { PaymentRequest } from './payment.ts';
import { Problem } from './problem.ts';

const orderRequest = z.strictObject({
  customerId: z.string().min(1).max(64),
  items: z
    .array(z.strictObject({ sku: z.enum(SKUS), quantity: z.int().min(1).max(99) }))
    .min(1)
    .max(50),
});

const paymentRequest = z.strictObject({
  orderId: z.string().min(1).max(64),
  amount: z.number().positive().multipleOf(0.01),
});

/** @throws Problem (400) that names each wrong field. */
export function parseOrderRequest(body: unknown): OrderRequest {
  return parse(orderRequest, body, 'The order cannot be placed as it is.');
}

const orderPlaced = z.object({
  type: z.literal('OrderPlaced'),
  order: z.object({ id: z.string(), total: z.number() }),
});

/**
 * Reads an `OrderPlaced` message from a queue, with or without the envelope that SNS puts around it.
 *
 * @throws Error when it is neither; the message then ends in the dead-letter queue.
 */
export function parseOrderPlaced(body: string): { readonly id: string; readonly total: number } {
  const outer: unknown = JSON.parse(body);
  const envelope = z.object({ Type: z.literal('Notification'), Message: z.string() }).safeParse(outer);
  const message: unknown = envelope.success ? JSON.parse(envelope.data.Message) : outer;
  return orderPlaced.parse(message).order;
}

/** @throws Problem (400) that names each wrong field. */
export function parsePaymentRequest(body: unknown): PaymentRequest {
  return parse(paymentRequest, body, 'The payment cannot be taken as it is.');
}

function parse<T>(schema: z.ZodType<T>, body: unknown, detail: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    field: issue.path.length === 0 ? '(body)' : issue.path.join('.'),
    message: issue.message,
  }));
  throw new Problem(400, { detail, errors });
}
