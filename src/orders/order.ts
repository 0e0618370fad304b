import type { Sku } from './catalogue.ts';
import { CATALOGUE } from './catalogue.ts';

export interface OrderItem {
  readonly sku: Sku;
  readonly quantity: number;
}

/** What a customer asks for. */
export interface OrderRequest {
  readonly customerId: string;
  readonly items: readonly OrderItem[];
}

export type OrderStatus = 'placed' | 'paid' | 'declined';

export interface Order extends OrderRequest {
  readonly id: string;
  readonly status: OrderStatus;
  /** Euros, with two decimals. */
  readonly total: number;
  /** ISO 8601. */
  readonly placedAt: string;
}

/** The total in euros. Summed in cents: binary fractions do not add up. */
export function priceOf(items: readonly OrderItem[]): number {
  const cents = items.reduce((sum, { sku, quantity }) => sum + CATALOGUE[sku] * quantity, 0);
  return cents / 100;
}

/** A new order. */
export function placeOrder(request: OrderRequest, total: number, id: string, now: Date): Order {
  return { id, ...request, status: 'placed', total, placedAt: now.toISOString() };
}
