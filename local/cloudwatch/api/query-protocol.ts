/** AWS's query protocol: calls are forms, answers are XML. Pure. */
import { invalidRequest } from '../../http/api-input.ts';
import { escapeXml } from '../../http/xml.ts';
import type { JsonObject } from '../../json.ts';

/** A form has texts only; these members of CloudWatch's inputs are numbers. */
const NUMBERS: ReadonlySet<string> = new Set([
  'Counts',
  'MaxDatapoints',
  'Maximum',
  'MaxRecords',
  'Minimum',
  'Period',
  'SampleCount',
  'StorageResolution',
  'Sum',
  'Value',
  'Values',
]);

/** Values of dimensions and tags have the name of a number, and are none. */
const TEXT_PARENTS: ReadonlySet<string> = new Set(['Dimensions', 'Tags']);

const BOOLEANS: ReadonlySet<string> = new Set(['IncludeLinkedAccounts', 'ReturnData']);

/** Of a list; CloudWatch takes a thousand of anything at most. */
const MAX_INDEX = 10_000;

type Tree = Map<string, Tree | string>;

/**
 * The input in a form: `Dimensions.member.1.Name=FunctionName` is a list of objects.
 *
 * @throws RequestError for names that contradict each other.
 */
export function readForm(text: string): JsonObject {
  const root: Tree = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let tree = root;
    for (const part of path) {
      const next = tree.get(part) ?? new Map<string, Tree | string>();
      if (typeof next === 'string') throw contradiction(name);
      tree.set(part, next);
      tree = next;
    }
    if (tree.get(last) instanceof Map) throw contradiction(name);
    tree.set(last, value);
  }
  return objectOf(root, '');
}

function contradiction(name: string): Error {
  return invalidRequest(`${name} is given once as a value, and once with parts of its own.`);
}

function objectOf(tree: Tree, parent: string): JsonObject {
  return Object.fromEntries(
    [...tree].map(([name, value]) => [
      name,
      typeof value === 'string' ? typed(name, parent, value) : nested(name, value),
    ]),
  );
}

function nested(name: string, tree: Tree): unknown {
  const members = tree.get('member');
  if (!(members instanceof Map) || tree.size > 1) return objectOf(tree, name);
  const indexes = [...members.keys()].map(Number);
  if (!indexes.every((index) => Number.isInteger(index) && index > 0 && index < MAX_INDEX)) {
    throw invalidRequest(
      `The members of ${name} are numbered from 1; got ${[...members.keys()].join(', ')}.`,
    );
  }
  return [...members]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => (typeof value === 'string' ? typed(name, '', value) : objectOf(value, name)));
}

/** What cannot be a number or a boolean stays a text, and is refused where it is read. */
function typed(name: string, parent: string, text: string): unknown {
  if (NUMBERS.has(name) && !TEXT_PARENTS.has(parent) && text.trim() !== '') {
    const value = Number(text);
    return Number.isNaN(value) ? text : value;
  }
  return BOOLEANS.has(name) && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** An element for each member; a list has elements `member`, a map elements `entry`, and moments are ISO 8601. */
export function writeXml(document: object): string {
  return Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${content(value)}</${name}>`)
    .join('');
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((member) => `<member>${content(member)}</member>`).join('');
  if (value instanceof Map) {
    return [...value]
      .map(([key, item]) => writeXml({ entry: { key: String(key), value: item as unknown } }))
      .join('');
  }
  return typeof value === 'object' && value !== null ? writeXml(value) : escapeXml(String(value));
}
