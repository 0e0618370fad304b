import type { APIGatewayProxyResult } from 'aws-lambda';

/** Wraps a function so that it shows up in a trace; or gives it back where nothing does. */
export type TraceFunction = <A extends unknown[], R>(
  name: string,
  fn: (...args: A) => Promise<R>,
) => (...args: A) => Promise<R>;

interface Order {
  readonly items: ReadonlyArray<{ readonly sku: string; readonly quantity: number }>;
}

const PRICES: Readonly<Record<string, number>> = { tea: 599, pot: 2400 };

/**
 * The handler that all subjects run: three inner functions, and a line for the logger that its level keeps back, so that
 * everybody has a logger and nobody's terminal is measured.
 *
 * @param trace how the subject makes functions show up.
 */
export function createOrder(logger: { debug(message: string): void }, trace: TraceFunction) {
  // They wait, as for a table or a service; nothing but the waiting is theirs.
  const checkStock = trace(
    'checkStock',
    async ({ items }: Order) => await Promise.resolve(items.every(({ sku }) => sku in PRICES)),
  );
  const priceOrder = trace(
    'priceOrder',
    async ({ items }: Order) =>
      await Promise.resolve(items.reduce((sum, { sku, quantity }) => sum + (PRICES[sku] ?? 0) * quantity, 0)),
  );
  const saveOrder = trace(
    'saveOrder',
    async (total: number) => await Promise.resolve({ id: 'o-1', status: 'placed', total }),
  );
  return async (event: { readonly body?: unknown }): Promise<APIGatewayProxyResult> => {
    // What the body parser has made of it.
    const order = event.body as Order;
    logger.debug('An order has come in');
    if (!(await checkStock(order))) throw new Error('Expected an order of what is sold');
    const saved = await saveOrder(await priceOrder(order));
    return {
      statusCode: 201,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...saved, items: order.items }),
    };
  };
}

/** What does not show up anywhere. */
export const untraced: TraceFunction = (_name, fn) => fn;
