import type { Faker } from '@faker-js/faker';

/** A value that telemetry is full of and that says nothing about a person. */
export interface BenignKind {
  readonly kind: string;
  readonly keys: readonly string[];
  readonly value: (faker: Faker) => string;
}

/** Twelve digits and the check digit of the GTIN family. */
function articleNumber(digits: string): string {
  const sum = Array.from(digits).reduce(
    (total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return digits + String((10 - (sum % 10)) % 10);
}

function region(faker: Faker): string {
  return faker.helpers.arrayElement(['eu-west-1', 'us-east-1', 'ap-southeast-2']);
}

/** What must stay as it is in `values` mode. */
export const BENIGN_KINDS: readonly BenignKind[] = [
  { kind: 'uuid', keys: ['id', 'requestId', 'orderId'], value: (faker) => faker.string.uuid() },
  { kind: 'ulid', keys: ['id', 'eventId'], value: (faker) => faker.string.ulid() },
  { kind: 'nanoid', keys: ['ref', 'cursor'], value: (faker) => faker.string.nanoid() },
  { kind: 'commit', keys: ['commit', 'revision'], value: (faker) => faker.git.commitSha() },
  {
    kind: 'sha-256',
    keys: ['checksum', 'digest'],
    value: (faker) => faker.string.hexadecimal({ length: 64, casing: 'lower', prefix: '' }),
  },
  {
    kind: 'etag',
    keys: ['etag'],
    value: (faker) => `"${faker.string.hexadecimal({ length: 32, casing: 'lower', prefix: '' })}"`,
  },
  {
    kind: 'arn',
    keys: ['resource', 'functionArn'],
    value: (faker) =>
      `arn:aws:lambda:${region(faker)}:${faker.string.numeric(12)}:function:shop-${faker.word.noun()}`,
  },
  {
    kind: 'trace id',
    keys: ['traceId'],
    value: (faker) =>
      `1-${faker.string.hexadecimal({ length: 8, casing: 'lower', prefix: '' })}-${faker.string.hexadecimal({ length: 24, casing: 'lower', prefix: '' })}`,
  },
  {
    kind: 'ISO date',
    keys: ['createdAt', 'updated_at', 'placedAt'],
    value: (faker) => faker.date.recent().toISOString(),
  },
  {
    kind: 'day',
    keys: ['deliveryDay', 'due'],
    value: (faker) => faker.date.soon().toISOString().slice(0, 10),
  },
  {
    kind: 'epoch milliseconds',
    keys: ['timestamp', 'modified'],
    value: (faker) => String(faker.date.recent().getTime()),
  },
  { kind: 'price', keys: ['total', 'price'], value: (faker) => faker.commerce.price({ symbol: '€' }) },
  { kind: 'amount', keys: ['amount', 'net'], value: (faker) => faker.finance.amount({ max: 99_999 }) },
  { kind: 'version', keys: ['version', 'release'], value: (faker) => `v${faker.system.semver()}` },
  {
    kind: 'order number',
    keys: ['orderNumber', 'invoice'],
    value: (faker) => `ORD-2026-${faker.string.numeric(10)}`,
  },
  {
    kind: 'SKU',
    keys: ['sku', 'article'],
    value: (faker) => `${faker.string.alpha({ length: 3, casing: 'upper' })}-${faker.string.numeric(6)}`,
  },
  {
    kind: 'EAN',
    keys: ['ean', 'gtin'],
    value: (faker) => articleNumber(`400${faker.string.numeric(9)}`),
  },
  {
    kind: 'ISBN',
    keys: ['isbn'],
    value: (faker) => articleNumber(`978${faker.string.numeric(9)}`),
  },
  {
    kind: 'coordinates, neutral key',
    keys: ['anchor', 'centre'],
    value: (faker) => `${faker.location.latitude()},${faker.location.longitude()}`,
  },
  {
    kind: 'URL',
    keys: ['href', 'self'],
    value: (faker) => `https://api.example.com/v1/orders/${faker.string.uuid()}/items?page=2&limit=50`,
  },
  {
    kind: 'log group',
    keys: ['logGroup'],
    value: (faker) => `/aws/lambda/shop-${faker.word.noun()}-${faker.word.noun()}`,
  },
  {
    kind: 'object key',
    keys: ['key', 'file'],
    value: (faker) => `exports/2026/03/${faker.string.uuid()}.csv`,
  },
  { kind: 'product', keys: ['title', 'product'], value: (faker) => faker.commerce.productName() },
  { kind: 'plain text', keys: ['summary', 'description'], value: (faker) => faker.lorem.sentence() },
  {
    kind: 'status',
    keys: ['status', 'state'],
    value: (faker) => faker.helpers.arrayElement(['placed', 'fulfilled', 'PENDING_REVIEW', 'on hold']),
  },
  {
    kind: 'media type',
    keys: ['contentType'],
    value: (faker) => faker.system.mimeType(),
  },
];
