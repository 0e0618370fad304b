import type { FilterValue, Operator } from '../filter/expression.ts';
import { elementMeets } from '../filter/matches-filter.ts';
import type { FactName, Requirement } from '../filter/requirements.ts';
import { matchesService } from '../graph/service-pattern.ts';
import type { Sql } from './search.ts';
import { allOf, anyOf, EVERYTHING, NOTHING } from './search.ts';
import type { TermField } from './trace-row.ts';
import { annotationTerm, causeField, readCauseTerm, readServiceTerm, TEXT_FACTS } from './trace-row.ts';

/** Asks the database; the rows of the answer. */
export type Select = (question: Sql) => readonly Readonly<Record<string, unknown>>[];

/** Facts that are columns of `traces`, by the column's name. */
const BOOLEAN_COLUMNS = {
  ok: 'ok',
  error: 'error',
  throttle: 'throttle',
  fault: 'fault',
  partial: 'partial',
  inferred: 'inferred',
  coldstart: 'coldstart',
} as const satisfies Partial<Record<FactName, string>>;
const NUMBER_COLUMNS = {
  responsetime: 'responsetime',
  duration: 'duration',
  'http.status': 'status',
} as const satisfies Partial<Record<FactName, string>>;

const TEXTS: readonly string[] = TEXT_FACTS;

/** Terms that are named one by one; of more than these, each trace is asked whether it has one. */
const MAX_NAMED_TERMS = 10_000;

/** Traces that are listed; where more have a term, each trace is asked whether it has it. */
const MAX_LISTED_TRACES = 5000;

/** Terms that are each looked up for a trace; of more, the terms of the trace are looked through. */
const MAX_LOOKUPS = 8;

/**
 * The condition on a row of `traces` that a requirement is. It asks first which terms are meant: a rare one is answered by
 * the list of its traces, a common one by looking at each trace, so that the first page is full soon.
 */
export function sqlOf(requirement: Requirement, select: Select): Sql {
  switch (requirement.kind) {
    case 'any':
      return EVERYTHING;
    case 'and':
      return allOf(requirement.operands.map((operand) => sqlOf(operand, select)));
    case 'or':
      return anyOf(requirement.operands.map((operand) => sqlOf(operand, select)));
    case 'not': {
      const { text, values } = sqlOf(requirement.operand, select);
      return { text: `NOT ${text}`, values };
    }
    case 'fact':
      return factSql(requirement, select);
    case 'set':
      return setSql(requirement.field, requirement.key, select);
    case 'service': {
      const { service, flag } = requirement;
      const terms = select({ text: "SELECT id, value FROM terms WHERE field = 'service'", values: [] });
      const meant = terms.filter(({ value }) => {
        const facts = readServiceTerm(String(value));
        return matchesService(service, facts, facts.names) && (flag === undefined || facts[flag]);
      });
      return hasOneOf(
        meant.map(({ id }) => Number(id)),
        select,
      );
    }
    case 'cause': {
      const { cause, part, filter } = requirement;
      const ofPart: Sql = { text: 'field = ?', values: [causeField(cause, part)] };
      if (filter === undefined) return hasTerm(ofPart, select);
      const terms = select({
        text: `SELECT id, value FROM terms WHERE ${ofPart.text}`,
        values: ofPart.values,
      });
      const meant = terms.filter(({ value }) => elementMeets(readCauseTerm(String(value)), filter));
      return hasOneOf(
        meant.map(({ id }) => Number(id)),
        select,
      );
    }
  }
}

function factSql({ field, key, operator, value }: Requirement & { kind: 'fact' }, select: Select): Sql {
  if (isMember(BOOLEAN_COLUMNS, field)) {
    const isEquality = operator === '=' || operator === '!=';
    if (typeof value !== 'boolean' || !isEquality) return NOTHING;
    return { text: `(${BOOLEAN_COLUMNS[field]} ${operator} ?)`, values: [Number(value)] };
  }
  if (isMember(NUMBER_COLUMNS, field)) {
    if (typeof value !== 'number' || isTextOperator(operator)) return NOTHING;
    // A trace that has no such number meets no condition on it, nor is that unknown.
    return { text: `((${NUMBER_COLUMNS[field]} ${operator} ?) IS TRUE)`, values: [value] };
  }
  const condition = valueSql(operator, value);
  if (condition === undefined) return NOTHING;
  return hasTerm(allOf([termFieldSql(field, key, value), condition]), select);
}

function setSql(field: FactName, key: string | undefined, select: Select): Sql {
  if (isMember(BOOLEAN_COLUMNS, field)) return { text: BOOLEAN_COLUMNS[field], values: [] };
  if (isMember(NUMBER_COLUMNS, field)) return { text: `(${NUMBER_COLUMNS[field]} IS NOT NULL)`, values: [] };
  if (field !== 'annotation') return hasTerm(termFieldSql(field, key, ''), select);
  return hasTerm(
    anyOf([
      termFieldSql(field, key, ''),
      allOf([termFieldSql(field, key, true), { text: 'value = 1', values: [] }]),
    ]),
    select,
  );
}

/** @param value of the type that is looked for. */
function termFieldSql(field: FactName, key: string | undefined, value: FilterValue): Sql {
  const isText = TEXTS.includes(field);
  const term = isText ? { field: field as TermField, name: '' } : annotationTerm(key ?? '', value);
  return { text: '(field = ? AND name = ?)', values: [term.field, term.name] };
}

/** What a term's value must be; undefined where no value can be so. */
function valueSql(operator: Operator, value: FilterValue): Sql | undefined {
  if (typeof value === 'boolean') {
    return operator === '=' || operator === '!='
      ? { text: `value ${operator} ?`, values: [Number(value)] }
      : undefined;
  }
  const types = typeof value === 'number' ? "('integer', 'real')" : "('text')";
  const isOfType: Sql = { text: `typeof(value) IN ${types}`, values: [] };
  if (operator === '=') return { text: 'value = ?', values: [value] };
  if (!isTextOperator(operator)) {
    if (typeof value === 'string' && operator !== '!=') return undefined;
    return allOf([isOfType, { text: `value ${operator} ?`, values: [value] }]);
  }
  if (typeof value !== 'string') return undefined;
  if (value === '') return isOfType;
  // As bytes, because to SQLite a text ends at a character 0.
  const bytes = Buffer.byteLength(value);
  const condition = {
    CONTAINS: { text: 'instr(CAST(value AS BLOB), CAST(? AS BLOB)) > 0', values: [value] },
    BEGINSWITH: { text: 'substr(CAST(value AS BLOB), 1, ?) = CAST(? AS BLOB)', values: [bytes, value] },
    ENDSWITH: { text: 'substr(CAST(value AS BLOB), -?) = CAST(? AS BLOB)', values: [bytes, value] },
  }[operator];
  return allOf([isOfType, condition]);
}

function isTextOperator(operator: Operator): operator is 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH' {
  return operator === 'CONTAINS' || operator === 'BEGINSWITH' || operator === 'ENDSWITH';
}

/** Whether a trace has a term that meets a condition. */
function hasTerm(condition: Sql, select: Select): Sql {
  const { text, values } = condition;
  const ids = select({
    text: `SELECT id FROM terms WHERE ${text} LIMIT ${MAX_NAMED_TERMS + 1}`,
    values,
  }).map(({ id }) => Number(id));
  if (ids.length <= MAX_NAMED_TERMS) return hasOneOf(ids, select);
  return {
    text:
      '(EXISTS (SELECT 1 FROM postings CROSS JOIN terms ON terms.id = postings.term ' +
      `WHERE postings.trace = traces.key AND ${text}))`,
    values,
  };
}

function hasOneOf(ids: readonly number[], select: Select): Sql {
  if (ids.length === 0) return NOTHING;
  const { text: list, values } = listOf(ids);
  const some = select({
    text: `SELECT trace FROM postings WHERE term IN ${list} LIMIT ${MAX_LISTED_TRACES + 1}`,
    values,
  }).map(({ trace }) => Number(trace));
  if (some.length <= MAX_LISTED_TRACES) return { text: `(key IN (${some.join(', ')}))`, values: [] };
  // The plus keeps the term out of the index: the trace has fewer than there are to look up.
  const term = ids.length <= MAX_LOOKUPS ? 'term' : '+term';
  return {
    text: `(EXISTS (SELECT 1 FROM postings WHERE trace = traces.key AND ${term} IN ${list}))`,
    values,
  };
}

/** Many numbers would be more text than SQLite takes. */
function listOf(ids: readonly number[]): Sql {
  return ids.length <= MAX_LISTED_TRACES
    ? { text: `(${ids.join(', ')})`, values: [] }
    : { text: '(SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] };
}

function isMember<Members extends object>(members: Members, name: PropertyKey): name is keyof Members {
  return Object.hasOwn(members, name);
}
