import {
  fakerAR,
  fakerCS_CZ,
  fakerDA,
  fakerDE,
  fakerEL,
  fakerEN_AU,
  fakerEN_GB,
  fakerEN_IN,
  fakerEN_US,
  fakerES,
  fakerES_MX,
  fakerFI,
  fakerFR,
  fakerHE,
  fakerHU,
  fakerIT,
  fakerJA,
  fakerKO,
  fakerNB_NO,
  fakerNL,
  fakerPL,
  fakerPT_BR,
  fakerRO,
  fakerRU,
  fakerSV,
  fakerTR,
  fakerUK,
  fakerZH_CN,
} from '@faker-js/faker';
import type { Faker } from '@faker-js/faker';
import { BENIGN_KINDS } from './benign-values.ts';
import { dataMap } from './data-maps.ts';
import type { Personal } from './labelled-text.ts';
import { labelledText } from './labelled-text.ts';
import { PERSONAL_KINDS } from './personal-values.ts';
import type { PlacedLeaf, ResponseKeys, ResponseTree } from './response-tree.ts';
import { JsonText, keysOf, Leaf, leavesOf, toValue } from './response-tree.ts';

/** A response of which every string is known. */
export interface GeneratedResponse {
  readonly value: unknown;
  readonly leaves: readonly PlacedLeaf[];
  readonly keys: ResponseKeys;
}

const LOCALES: readonly Faker[] = [
  ...[
    fakerEN_US,
    fakerEN_GB,
    fakerEN_AU,
    fakerEN_IN,
    fakerDE,
    fakerFR,
    fakerES,
    fakerES_MX,
    fakerIT,
    fakerNL,
  ],
  ...[fakerPL, fakerPT_BR, fakerSV, fakerDA, fakerNB_NO, fakerFI, fakerCS_CZ, fakerHU, fakerRO, fakerTR],
  ...[fakerEL, fakerRU, fakerUK, fakerHE, fakerAR, fakerJA, fakerKO, fakerZH_CN],
];
const REFERENCE_DATE = '2026-03-14T09:26:53.589Z';

const NEUTRAL_KEYS = ['value', 'content', 'data', 'entry', 'text', 'input', 'result'];
const SENTENCES: ReadonlyArray<readonly [before: string, after: string]> = [
  ['The customer wrote that ', ' is the right one, see the ticket'],
  ['Changed to ', ' on request'],
  ['Please use ', ' from now on, thanks!'],
  ['Duplicate of ', '; merged'],
  ['Support note (2): ', '.'],
];

/** Headers that say nothing about anybody. */
function headers(contentType: string): ResponseTree {
  return {
    'content-type': contentType,
    'cache-control': 'no-store',
  };
}

/**
 * Responses as APIs give them, with personal and benign values that are known. The same for the same seed.
 *
 * @param amount of responses.
 */
export function generateResponses(amount: number, seed: number): GeneratedResponse[] {
  return Array.from({ length: amount }, (_, index) => {
    const faker = LOCALES[index % LOCALES.length] ?? fakerEN_US;
    faker.seed(seed + index);
    faker.setDefaultRefDate(REFERENCE_DATE);
    return generateResponse(faker);
  });
}

function generateResponse(faker: Faker): GeneratedResponse {
  const build = faker.helpers.weightedArrayElement([
    { value: plainObject, weight: 5 },
    { value: jsonBody, weight: 8 },
    { value: base64Body, weight: 2 },
    { value: formBody, weight: 2 },
  ]);
  return build(faker);
}

function plainObject(faker: Faker): GeneratedResponse {
  const tree = document(faker);
  return { value: toValue(tree), leaves: leavesOf(tree), keys: keysOf(tree) };
}

function jsonBody(faker: Faker): GeneratedResponse {
  const body = document(faker);
  const tree: ResponseTree = {
    statusCode: 200,
    headers: headers('application/json'),
    body: new JsonText(body),
  };
  return { value: toValue(tree), leaves: leavesOf(tree), keys: keysOf(tree) };
}

function base64Body(faker: Faker): GeneratedResponse {
  const body = document(faker);
  const text = Buffer.from(JSON.stringify(toValue(body))).toString('base64');
  const envelope = {
    statusCode: 200,
    headers: toValue(headers('application/json')),
    isBase64Encoded: true,
    body: text,
  };
  return { value: envelope, leaves: leavesOf(body, ['body']), keys: keysOf(body) };
}

function formBody(faker: Faker): GeneratedResponse {
  const body = record(faker);
  const envelope = {
    statusCode: 200,
    headers: toValue(headers('application/x-www-form-urlencoded')),
    body: new URLSearchParams(toValue(body) as Record<string, string>).toString(),
  };
  return { value: envelope, leaves: leavesOf(body, ['body']), keys: keysOf(body) };
}

/** What a body holds: one record, a list of them, one with a map of data, or records in each other, one of them as JSON in a string. */
function document(faker: Faker): ResponseTree {
  switch (faker.number.int(3)) {
    case 0:
      return record(faker);
    case 1:
      return {
        items: Array.from({ length: faker.number.int({ min: 1, max: 5 }) }, () => record(faker)),
        count: faker.number.int(500),
      };
    case 2:
      return { ...record(faker), ...dataMap(faker) };
    default:
      return {
        ...record(faker),
        customer: { ...record(faker), history: [record(faker)] },
        payload: new JsonText(record(faker)),
      };
  }
}

/** Strings under their keys: more benign ones than personal ones. */
function record(faker: Faker): Record<string, ResponseTree> {
  const fields: Record<string, ResponseTree> = {};
  for (const { kind, keys, value } of faker.helpers.arrayElements(BENIGN_KINDS, { min: 3, max: 8 })) {
    fields[faker.helpers.arrayElement(keys)] = new Leaf(labelledText(value(faker)), { benign: kind });
  }
  for (const { kind, keys, value } of faker.helpers.arrayElements(PERSONAL_KINDS, { min: 0, max: 4 })) {
    const parts = partsOf(kind, value(faker));
    switch (faker.number.int(2)) {
      case 0:
        fields[faker.helpers.arrayElement(keys)] = new Leaf(labelledText(...parts), { place: 'own key' });
        break;
      case 1:
        fields[faker.helpers.arrayElement(NEUTRAL_KEYS)] = new Leaf(labelledText(...parts), {
          place: 'neutral key',
        });
        break;
      default: {
        const [before, after] = faker.helpers.arrayElement(SENTENCES);
        fields[faker.helpers.arrayElement(['note', 'comment', 'message'])] = new Leaf(
          labelledText(before, ...parts, after),
          { place: 'free text' },
        );
      }
    }
  }
  return fields;
}

function partsOf(
  kind: string,
  value: ReturnType<(typeof PERSONAL_KINDS)[number]['value']>,
): ReadonlyArray<string | Personal> {
  if (typeof value === 'string') return [{ kind, value }];
  const [before, personal, after] = value;
  return [before, { kind, value: personal }, after];
}
