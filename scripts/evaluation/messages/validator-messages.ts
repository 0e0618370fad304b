import { Ajv } from 'ajv';
import type { SchemaObject } from 'ajv';
import { z } from 'zod';
import type { MessageSource } from './message-data.ts';

const ajv = new Ajv({ allErrors: true, strict: false, formats: { email: /@/, date: /^\d{4}-\d\d-\d\d$/ } });

/** What Ajv says of a value, as it puts its errors into words, and as programs log them. */
function ajvSays(schema: SchemaObject, value: unknown): string {
  const validate = ajv.compile(schema);
  validate(value);
  return ajv.errorsText(validate.errors);
}

/** The same in the words of `@middy/validator`'s cause, which programs put into messages. */
function ajvJson(schema: SchemaObject, value: unknown): string {
  const validate = ajv.compile(schema);
  validate(value);
  return `Event object failed validation: ${JSON.stringify(validate.errors)}`;
}

const customer = {
  type: 'object',
  required: ['email', 'age'],
  additionalProperties: false,
  properties: {
    email: { type: 'string', format: 'email' },
    age: { type: 'integer', minimum: 18, maximum: 120 },
    name: { type: 'string', minLength: 200 },
    status: { enum: ['active', 'blocked'] },
    tags: { type: 'array', items: { type: 'string', maxLength: 3 }, uniqueItems: true, maxItems: 2 },
    zip: { type: 'string', pattern: '^[0-9]{5}$' },
    address: {
      type: 'object',
      required: ['street', 'city'],
      properties: { city: { const: 'X' }, street: { type: 'number' } },
    },
    born: { type: 'string', format: 'date' },
  },
} as const;

export const AJV_MESSAGES: readonly MessageSource[] = [
  (d) => ajvSays(customer, { email: d.name(), age: 20 }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: d.name() }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: d.number() }),
  (d) => ajvSays(customer, { [d.email()]: 1, email: 'a@b.io', age: 20 }),
  (d) => ajvSays(customer, { name: d.name() }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: 20, status: d.name() }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: 20, tags: [d.name(), d.name(), d.name()] }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: 20, zip: d.city() }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: 20, address: { city: d.city(), street: d.street() } }),
  (d) => ajvSays(customer, { email: 'a@b.io', age: 20, born: d.name() }),
  (d) => ajvSays(customer, d.name()),
  (d) => ajvSays({ type: 'array', items: customer }, [{ email: d.name(), age: d.name() }]),
  (d) => ajvSays({ type: 'object', propertyNames: { pattern: '^[a-z]$' } }, { [d.name()]: 1 }),
  (d) =>
    ajvSays({ type: 'object', patternProperties: { '.': { type: 'number' } } }, { [d.user()]: d.name() }),
  (d) => ajvSays({ type: 'object', additionalProperties: { type: 'number' } }, { [d.email()]: d.name() }),
  (d) => ajvSays({ oneOf: [{ type: 'number' }, { type: 'boolean' }] }, d.name()),
  (d) => ajvSays({ anyOf: [{ const: 'X' }, { maxLength: 1 }] }, d.name()),
  (d) => ajvSays({ not: { type: 'string' } }, d.name()),
  (d) => ajvSays({ multipleOf: 7 }, 7 * d.number() + 1),
  (d) => ajvSays({ type: 'array', contains: { type: 'number' } }, [d.name()]),
  (d) => ajvSays({ exclusiveMaximum: 5 }, d.number()),
  (d) => ajvSays({ type: 'object', dependentRequired: { card: ['expiry'] } }, { card: d.card() }),
  (d) => ajvSays({ if: { type: 'string' }, then: { const: 1 } }, d.name()),
  (d) => ajvSays({ type: 'object', maxProperties: 0 }, { [d.id()]: 1 }),
  (d) => ajvJson(customer, { email: d.name(), age: d.name() }),
  (d) => ajvJson(customer, { email: 'a@b.io', age: d.number(), [d.name()]: 1 }),
  (d) => ajvJson(customer, { email: 'a@b.io', age: 20, address: { city: d.city(), street: d.street() } }),
  (d) => ajvJson({ type: 'object', additionalProperties: { type: 'number' } }, { [d.email()]: d.name() }),
  (d) => ajv.compile({ type: d.name() }),
  (d) => ajv.compile({ $ref: `#/definitions/${d.user()}` }),
  (d) => new Ajv().compile({ type: 'string', format: d.user() }),
  (d) => new Ajv({ strict: true }).compile({ [d.user()]: 1 }),
];

const order = z.strictObject({
  id: z.uuid(),
  email: z.email(),
  age: z.number().min(18).max(120),
  total: z.number().multipleOf(0.01).positive(),
  status: z.enum(['open', 'paid']),
  items: z.array(z.object({ sku: z.string().max(2), quantity: z.int() })).max(1),
  born: z.date(),
  note: z.string().min(200),
  scores: z.record(z.string(), z.number()),
});
type OrderInput = Partial<Record<keyof typeof order.shape, unknown>>;

const picked = order.partial();

/** What Zod says of an order: its message, which is JSON. */
function zodSays(input: OrderInput & Record<string, unknown>): string {
  return picked.safeParse(input).error?.message ?? '';
}

/** The same as text for people. */
function zodPretty(schema: z.ZodType, input: unknown): string {
  const { error } = schema.safeParse(input);
  return error === undefined ? '' : z.prettifyError(error);
}

export const ZOD_MESSAGES: readonly MessageSource[] = [
  (d) => zodSays({ id: d.id() }),
  (d) => zodSays({ email: d.name() }),
  (d) => zodSays({ age: d.name() }),
  (d) => zodSays({ age: d.number() }),
  (d) => zodSays({ total: -d.number() }),
  (d) => zodSays({ status: d.first() }),
  (d) => zodSays({ items: [{ sku: d.code(), quantity: d.name() }] }),
  (d) => zodSays({ items: [{ sku: d.code() }, d.name()] }),
  (d) => zodSays({ born: d.date() }),
  (d) => zodSays({ note: d.note() }),
  (d) => zodSays({ [d.email()]: 1, [d.name()]: 2 }),
  (d) => zodSays({ scores: { [d.name()]: d.name() } }),
  (d) => zodSays({ id: d.uuid().slice(1), email: d.street(), age: d.phone() }),
  (d) => zodPretty(picked, { id: d.id(), email: d.name() }),
  (d) => zodPretty(picked, { age: d.name(), status: d.name() }),
  (d) => zodPretty(picked, { items: [{ sku: d.code(), quantity: d.name() }] }),
  (d) => zodPretty(picked, { [d.email()]: 1 }),
  (d) => zodPretty(picked, { scores: { [d.name()]: d.name() } }),
  (d) => zodPretty(picked, { total: d.number() + 0.001 }),
  (d) => zodPretty(z.union([z.number(), z.boolean()]), d.name()),
  (d) => zodPretty(z.literal(['card', 'invoice']), d.name()),
  (d) => zodPretty(z.string().regex(/^[A-Z]{3}$/), d.name()),
  (d) => zodPretty(z.string().startsWith('order'), d.name()),
  (d) => zodPretty(z.iso.datetime(), d.date()),
  (d) => zodPretty(z.ipv4(), d.name()),
  (d) => zodPretty(z.base64(), d.name()),
  (d) => zodPretty(z.url(), d.user()),
  (d) => zodPretty(z.jwt(), d.id()),
  (d) => zodPretty(z.e164(), d.name()),
  (d) => zodPretty(z.map(z.string(), z.number()), new Map([[d.name(), d.name()]])),
  (d) => zodPretty(z.set(z.number()), new Set([d.name()])),
  (d) => zodPretty(z.tuple([z.number(), z.number()]), [d.name(), d.email(), 1]),
  (d) => zodPretty(z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: d.name() }),
  (d) =>
    zodPretty(z.object({ email: z.string({ error: ({ input }) => `no account for ${String(input)}` }) }), {
      email: d.number(),
    }),
  (d) =>
    zodPretty(
      z.string().refine(() => false, { error: ({ input }) => `The customer ${String(input)} is blocked` }),
      d.name(),
    ),
  (d) => zodPretty(z.bigint(), d.name()),
  (d) => zodPretty(z.nan(), d.name()),
  (d) => zodPretty(z.instanceof(Date), d.name()),
];
