import type { Items } from './containers.ts';
import { Named } from './described.ts';
import type { KeyBook, KeyFacts } from './key-book.ts';
import { firstItems, read } from './members.ts';
import { namesOfArguments } from './placeholders.ts';
import type { Role } from './roles.ts';

/*
 * A value beside a name follows the rule of that name, as it would under it: `{ Name: 'password', Value: 'x' }`,
 * `['password', 'x']`, `['Host', 'a', 'Cookie', 'x']`.
 */

/** Longest text that is taken for a name. */
const LONGEST_NAME = 64;
/** Most steps of a path that names a value: `['body', 'customer', 'email']`. */
const MOST_STEPS = 12;
/** Items of a list that are looked at to tell whether it is a table. */
const MOST_AHEAD = 200;
/** Names in flat lists are written without digits, unlike most identifiers. */
const WRITTEN_AS_NAME = /^[A-Za-z_$@#:][A-Za-z_.:-]{1,48}$/;
/** What holds a flat list of names and values whatever these are: `rawHeaders` of Node. */
const FLAT = /headers$/i;
const OPTION = /^--?[A-Za-z]/;
/** Between a name and its value in a condition: `['email', '=', 'x']`. */
const OPERATOR = /^(?:[=!<>~]{1,3}|eq|ne|like|ilike|in|is|contains|(?:starts|begins)[ _]?with)$/i;

type Fields = Readonly<Record<string, unknown>>;

/** The members of one object that may name each other's values, each read once. */
export class Siblings {
  readonly #fields: Fields;
  readonly #keys: KeyBook;
  readonly #most: number;
  /** Names and statements that were read, by their keys. */
  readonly #naming = new Map<string, { readonly role: Role; readonly value: unknown }>();
  #hasLookedAhead = false;

  /** @param before what was read already of names and statements: the facts of a key, then its value, and so on. */
  constructor(fields: Fields, keys: KeyBook, most: number, before: readonly unknown[] = []) {
    this.#fields = fields;
    this.#keys = keys;
    this.#most = most;
    for (let at = 0; at < before.length; at += 2) {
      const { key, role } = before[at] as KeyFacts;
      if (role !== undefined) this.#naming.set(key, { role, value: before[at + 1] });
    }
  }

  /** The value of a member that has a role, with the name that it stands beside. */
  read({ key, role }: KeyFacts): unknown {
    const known = this.#naming.get(key);
    if (known !== undefined) return known.value;
    const value = read(this.#fields, key);
    if (role === undefined) return value;
    if (!isOfNames(role)) {
      this.#naming.set(key, { role, value });
      return value;
    }
    this.#lookAhead();
    if (role === 'arguments') return this.#withNamedArguments(value);
    const beside = this.#nameBeside(role);
    return beside === undefined ? value : new Named(value, beside);
  }

  /** The name may come after the value. */
  #lookAhead(): void {
    if (this.#hasLookedAhead) return;
    this.#hasLookedAhead = true;
    let looked = 0;
    for (const key in this.#fields) {
      looked += 1;
      if (looked > this.#most) break;
      if (!Object.hasOwn(this.#fields, key) || this.#naming.has(key)) continue;
      const { role } = this.#keys.facts(key);
      if (role === undefined || isOfNames(role)) continue;
      this.#naming.set(key, { role, value: read(this.#fields, key) });
    }
  }

  /** The first name beside a value that denies it; else the first one that allows it. */
  #nameBeside(valueRole: Role): KeyFacts | undefined {
    let allowing: KeyFacts | undefined;
    for (const { role, value } of this.#naming.values()) {
      if (role !== 'name' && !(role === 'kind' && valueRole === 'value')) continue;
      const name = nameIn(value);
      // Words are a label of what somebody has to fill in, or a title of what follows.
      if (name === undefined || (valueRole !== 'value' && /\s/.test(name))) continue;
      const facts = this.#keys.named(name);
      if (facts.denied !== undefined) return facts;
      if (facts.allowed && role === 'name') allowing ??= facts;
    }
    return allowing;
  }

  #withNamedArguments(value: unknown): unknown {
    const siblings = [...this.#naming.values()];
    const statements = siblings.filter(({ role }) => role === 'statement').map((each) => each.value);
    if (statements.length === 0) return value;
    const aliases = siblings.find(({ role }) => role === 'aliases')?.value;
    return namesOfArguments(value, statements, aliases, this.#most, (name) => this.#keys.named(name));
  }
}

/** Whether a member with this role is one that names stand beside. */
export function isOfNames(role: Role): boolean {
  return role === 'value' || role === 'content' || role === 'arguments';
}

/** The name that a value is: a short text, the steps of a path, or a text as DynamoDB types it. */
function nameIn(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textIn(value);
  const steps = firstItems(value, MOST_STEPS);
  return textIn(steps.filter((step) => typeof step === 'string').join('.'));
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= LONGEST_NAME && value !== '' ? value : undefined;
  const typed = typeof value === 'object' && value !== null ? read(value, 'S') : undefined;
  return typeof typed === 'string' ? textIn(typed) : undefined;
}

/**
 * The items of a list with the name that each stands beside, when the list is a table: a pair of a name and its value or
 * a condition, a flat list of them in turn, or the arguments of a command.
 *
 * @param most items that may be read.
 * @param parent the key that the list is under.
 * @param isRow whether the list is an item of a list, as pairs are.
 */
export function besideItems(
  items: Items,
  most: number,
  parent: KeyFacts | undefined,
  isRow: boolean,
  keys: KeyBook,
): Items {
  const { total, noun, valueAt } = items;
  if (noun !== 'item' || total < 2 || most < 2) return items;
  const held = [valueAt(0)];
  let inTurn = false;
  let before: unknown;
  const named: Items = {
    ...items,
    valueAt(at) {
      const isHeld = at < held.length;
      const value = isHeld ? held[at] : valueAt(at);
      const name = inTurn && !isHeld && at % 2 === 1 ? textIn(before) : undefined;
      before = value;
      const facts = name === undefined ? undefined : keys.named(name);
      return facts?.denied !== undefined || facts?.allowed === true ? new Named(value, facts) : value;
    },
  };
  const name = textIn(held[0]);
  if (name === undefined) return named;
  if (total === 2) {
    held.push(valueAt(1));
    const isRule = isRow || isFlat(parent) || !isNameOfField(held[1], keys);
    besideAt(held, 1, isRule ? name : undefined, keys);
    return named;
  }
  readTexts(held, Math.min(most, MOST_AHEAD), valueAt);
  if (total === 3 && isOperator(held[1])) {
    if (held.length === 2) held.push(valueAt(2));
    besideAt(held, 2, name, keys);
  } else if (isFlat(parent)) {
    inTurn = true;
    nameValues(held, keys);
  } else if (!nameArguments(held, keys) && total % 2 === 0 && areNamesAndValues(held, keys)) {
    inTurn = true;
    nameValues(held, keys);
  }
  return named;
}

/** Reads on as long as the list may be names and values in turn, or arguments. */
function readTexts(held: unknown[], most: number, valueAt: Items['valueAt']): void {
  let inTurn = true;
  let texts = true;
  for (let at = 1; at < most && (inTurn || texts); at += 1) {
    const value = valueAt(at);
    held.push(value);
    texts &&= typeof value === 'string';
    inTurn &&= at % 2 === 1 || (typeof value === 'string' && WRITTEN_AS_NAME.test(value));
  }
}

/** Whether each second item is written as a name, but for lists of nothing but names. */
function areNamesAndValues(held: readonly unknown[], keys: KeyBook): boolean {
  const areNames = held.every(
    (item, at) => at % 2 === 1 || (typeof item === 'string' && WRITTEN_AS_NAME.test(item)),
  );
  return areNames && held.some((item, at) => at % 2 === 1 && !isNameOfField(item, keys));
}

function nameValues(held: unknown[], keys: KeyBook): void {
  for (let at = 1; at < held.length; at += 2) besideAt(held, at, textIn(held[at - 1]), keys);
}

/** `--password x`: an option, and what follows it. Says whether there is any with a rule. */
function nameArguments(held: unknown[], keys: KeyBook): boolean {
  let any = false;
  for (let at = held.length - 1; at > 0; at -= 1) {
    const option = held[at - 1];
    if (isOption(option) && !isOption(held[at]) && besideAt(held, at, option, keys)) any = true;
  }
  return any;
}

/** Puts the item beside the name, when the name has a rule. */
function besideAt(held: unknown[], at: number, name: string | undefined, keys: KeyBook): boolean {
  if (name === undefined) return false;
  const facts = keys.named(name);
  if (facts.denied === undefined && !facts.allowed) return false;
  held[at] = new Named(held[at], facts);
  return true;
}

function isFlat(parent: KeyFacts | undefined): boolean {
  return parent !== undefined && FLAT.test(parent.key);
}

function isOperator(item: unknown): boolean {
  return typeof item === 'string' && OPERATOR.test(item);
}

function isOption(item: unknown): item is string {
  return typeof item === 'string' && OPTION.test(item);
}

function isNameOfField(item: unknown, keys: KeyBook): boolean {
  return typeof item === 'string' && WRITTEN_AS_NAME.test(item) && keys.named(item).kind === 'field';
}

const OF_DYNAMODB = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L']);
const OF_A_TYPE =
  /^(?:(?:Data|data)?Type|Value|(?:[Ss]tring|[Bb]inary|int|long|double|bool|boolean|blob|array)(?:List)?Values?|isNull)$/;

/**
 * Whether members are those of a value with its type, as DynamoDB (`{ S: 'x' }`), message attributes of SQS and SNS, and
 * the Data API of RDS write values: what is allowed by the name of such an object is the value in it.
 */
export function isTypedValue(names: readonly string[]): boolean {
  const [first] = names;
  if (first === undefined) return false;
  if (names.length === 1 && OF_DYNAMODB.has(first)) return true;
  return names.every((name) => OF_A_TYPE.test(name));
}
