import type { Faker } from '@faker-js/faker';
import { DataMap } from './response-tree.ts';
import type { ResponseTree } from './response-tree.ts';

/** Keys as data makes them: whoever names a map by its customers, places or records. */
const DATA_KEYS: ReadonlyArray<(faker: Faker) => string> = [
  (faker) => faker.person.firstName(),
  (faker) => faker.person.firstName().toLowerCase(),
  (faker) => faker.person.lastName(),
  (faker) => faker.person.lastName().toLowerCase(),
  (faker) => faker.person.fullName(),
  (faker) => `${faker.person.firstName()}_${faker.person.lastName()}`.toLowerCase(),
  (faker) => faker.internet.username(),
  (faker) => faker.internet.email(),
  (faker) => faker.location.city(),
  (faker) => faker.phone.number(),
  (faker) => faker.string.uuid(),
  (faker) => `cus_${faker.string.alphanumeric(14)}`,
];

/** Where such maps stand, by names that say nothing about their keys. */
const NAMES = ['members', 'scores', 'totals', 'byCustomer', 'entries', 'results'];

/** One member that is a map of few keys, which are data, to values that are alike. */
export function dataMap(faker: Faker): Record<string, ResponseTree> {
  const keyOf = faker.helpers.arrayElement(DATA_KEYS);
  const keys = new Set(Array.from({ length: faker.number.int({ min: 1, max: 6 }) }, () => keyOf(faker)));
  const valueOf = faker.helpers.arrayElement<() => ResponseTree>([
    () => faker.number.int(100),
    () => faker.datatype.boolean(),
    () => ({ count: faker.number.int(9), total: faker.number.int(900) }),
  ]);
  const entries = [...keys].map((key) => [key, valueOf()] as const);
  return { [faker.helpers.arrayElement(NAMES)]: new DataMap(entries) };
}
