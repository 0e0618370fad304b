import { define, read } from './members.ts';

/** Levels of a DynamoDB item (Amazon DynamoDB, "Service, account, and table quotas": nested attributes). */
const MOST_LEVELS = 32;

type Fields = Readonly<Record<string, unknown>>;

/**
 * A DynamoDB item without its type tags: `{ id: { S: 'o-1' } }` is `{ id: 'o-1' }`, so that a policy finds its names
 * where they are. What is no attribute value stays as it is.
 */
export function plainItem(item: unknown): unknown {
  return isFields(item) ? plainMap(item, MOST_LEVELS) : item;
}

function plainMap(map: Fields, levels: number): Fields {
  const plain: Record<string, unknown> = {};
  for (const name of Object.keys(map)) define(plain, name, plainValue(read(map, name), levels));
  return plain;
}

function plainValue(value: unknown, levels: number): unknown {
  if (!isFields(value) || levels === 0) return value;
  const [tag, ...others] = Object.keys(value);
  if (tag === undefined || others.length > 0) return value;
  const content = read(value, tag);
  switch (tag) {
    case 'S':
    case 'B':
    case 'BOOL':
    case 'SS':
    case 'BS':
      return content;
    case 'N':
      return numberOf(content);
    case 'NS':
      return Array.isArray(content) ? content.map(numberOf) : content;
    case 'NULL':
      return null;
    case 'L':
      return Array.isArray(content) ? content.map((each) => plainValue(each, levels - 1)) : content;
    case 'M':
      return isFields(content) ? plainMap(content, levels - 1) : content;
    default:
      return value;
  }
}

/** DynamoDB's numbers are texts; one that a number cannot hold stays one. */
function numberOf(text: unknown): unknown {
  const number = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
  return String(number) === text ? number : text;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
