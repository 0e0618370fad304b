/** Sizes of responses, in characters as JSON. */
export const SIZES = [
  ['1 kB', 1_000],
  ['10 kB', 10_000],
  ['100 kB', 100_000],
  ['1 MB', 1_000_000],
] as const;

/** The forms of a response: as a function returns it, and as API Gateway gets it. */
export const FORMS: ReadonlyArray<readonly [form: string, wrap: (value: object) => object]> = [
  ['object', (value) => value],
  ['API Gateway envelope', envelope],
];

/** Orders as an API lists them, with little that is personal, of about `size` characters as JSON. */
export function orders(size: number): object {
  const list: object[] = [];
  for (let length = 30, number = 1; length < size; number += 1) {
    const order = {
      id: `3f2a9c14-7b1e-4c0d-9a55-${String(number).padStart(12, '0')}`,
      status: number % 3 === 0 ? 'fulfilled' : 'placed',
      placedAt: '2026-03-14T09:26:53.589Z',
      total: 1198 + number,
      customer: { name: 'Jane Doe', email: `jane.doe.${number}@example.com`, phone: '+44 20 7946 0018' },
      items: [
        { sku: 'tea', quantity: 2, price: 599 },
        { sku: 'mug', quantity: 1, price: 1450 },
      ],
      note: 'Please leave the parcel with the neighbours when nobody opens.',
    };
    list.push(order);
    length += JSON.stringify(order).length + 1;
  }
  return { items: list, next: null };
}

function envelope(value: object): object {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    body: JSON.stringify(value),
  };
}
