import { CLIENT } from '../graph/calls.ts';
import type { CauseKind } from '../graph/root-causes.ts';
import type { ServicePattern } from '../graph/service-pattern.ts';
import { matchesService } from '../graph/service-pattern.ts';
import type { ElementFilter } from './cause-elements.ts';
import { CAUSE_KINDS, causesOf, elementsAskedFor, elementsOf } from './cause-elements.ts';
import type { Field, FilterExpression, FilterValue, Operator, ServiceFilter } from './expression.ts';
import type { FilterSubject, ServiceFacts, TraceFacts } from './facts.ts';
import { isSegmentText } from './facts.ts';
import { compares, elementMeets } from './matches-filter.ts';

/** Conditions on a trace's facts that an index can answer. `not` stands above conditions that are exact. */
export type Requirement =
  /** Every trace. */
  | { readonly kind: 'any' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Requirement[] }
  | { readonly kind: 'not'; readonly operand: Requirement }
  /** A fact is so. It is not when the trace lacks the fact, whatever the operator; for annotations: that key. */
  | {
      readonly kind: 'fact';
      readonly field: FactName;
      readonly key?: string;
      readonly operator: Operator;
      readonly value: FilterValue;
    }
  /** The trace has the fact; an annotation that is `false` counts as none. */
  | { readonly kind: 'set'; readonly field: FactName; readonly key?: string }
  /** One of its services is so: by pattern, where there is one, and by one flag, where one is asked for. */
  | { readonly kind: 'service'; readonly service?: ServicePattern; readonly flag?: ServiceFlag }
  /** One element of one of its root causes is so. */
  | ({ readonly kind: 'cause'; readonly cause: CauseKind } & ElementFilter);

export type FactName = Exclude<keyof TraceFacts, 'services' | 'annotations' | 'causes'> | 'annotation';
export type ServiceFlag = Exclude<keyof ServiceFacts, 'name' | 'type' | 'accountId' | 'names'>;

export interface Requirements {
  /** Every trace that matches meets it. */
  readonly requirement: Requirement;
  /** Every trace that meets it matches, too: no document need be read. */
  readonly exact: boolean;
}

const ANY: Requirements = { requirement: { kind: 'any' }, exact: true };
const NONE: Requirements = { requirement: { kind: 'not', operand: { kind: 'any' } }, exact: true };
const UNKNOWN: Requirements = { requirement: { kind: 'any' }, exact: false };

const FLAGS: ReadonlySet<string> = new Set<ServiceFlag>([
  'ok',
  'error',
  'throttle',
  'fault',
  'inferred',
  'root',
]);

/**
 * What every trace must have to match an expression, in terms of `factsOf`: a store asks its indexes for it, and then, unless
 * it is exact, `matchesFilter` of what is left.
 *
 * @param groups as in `FilterSubject`.
 */
export function requirementsOf(expression: FilterExpression, groups?: FilterSubject['groups']): Requirements {
  return requirementIn(expression, groups, new Set());
}

/** What a store answers by its indexes, of one trace. */
export function meetsRequirement(requirement: Requirement, facts: TraceFacts): boolean {
  switch (requirement.kind) {
    case 'any':
      return true;
    case 'and':
      return requirement.operands.every((operand) => meetsRequirement(operand, facts));
    case 'or':
      return requirement.operands.some((operand) => meetsRequirement(operand, facts));
    case 'not':
      return !meetsRequirement(requirement.operand, facts);
    case 'fact': {
      const { field, key, operator, value } = requirement;
      return valuesOf(facts, field, key).some((found) => compares(found, operator, value));
    }
    case 'set':
      return valuesOf(facts, requirement.field, requirement.key).some((found) => found !== false);
    case 'service': {
      const { service, flag } = requirement;
      return facts.services.some(
        (each) => matchesService(service, each, each.names) && (flag === undefined || each[flag]),
      );
    }
    case 'cause': {
      const { cause: kind, part, filter } = requirement;
      return causesOf(facts.causes, kind).some((cause) =>
        elementsOf(cause, part).some((element) => elementMeets(element, filter)),
      );
    }
  }
}

function valuesOf(facts: TraceFacts, field: FactName, key: string | undefined): readonly FilterValue[] {
  if (field === 'annotation') {
    return facts.annotations.filter((annotation) => annotation.key === key).map(({ value }) => value);
  }
  const found = facts[field];
  if (found === undefined) return [];
  return typeof found === 'object' ? found : [found];
}

function requirementIn(
  expression: FilterExpression,
  groups: FilterSubject['groups'],
  asked: ReadonlySet<string>,
): Requirements {
  switch (expression.kind) {
    case 'all':
      return ANY;
    case 'and':
    case 'or':
      return joined(
        expression.kind,
        expression.operands.map((operand) => requirementIn(operand, groups, asked)),
      );
    case 'not':
      return negated(requirementIn(expression.operand, groups, asked));
    case 'set':
      return { requirement: { kind: 'set', ...factOf(expression.field) }, exact: true };
    case 'comparison': {
      const { field, operator, value } = expression;
      return { requirement: { kind: 'fact', ...factOf(field), operator, value }, exact: true };
    }
    case 'service':
      return serviceRequirement(expression);
    case 'edge': {
      const { source, destination } = expression;
      // The client of a root is no service of its own.
      const both = source.type === CLIENT ? [destination] : [source, destination];
      return joined(
        'and',
        both.map((service) => ({ requirement: { kind: 'service', service }, exact: false })),
      );
    }
    case 'group': {
      const group = asked.has(expression.value) ? undefined : groups?.(expression.value);
      // No trace is in a group that is not there, nor outside of it.
      if (group === undefined) return NONE;
      const inner = requirementIn(group, groups, new Set([...asked, expression.value]));
      return expression.operator === '=' ? inner : negated(inner);
    }
    case 'rootcause': {
      const { cause, part, filter } = expression;
      return {
        requirement: { kind: 'cause', cause, part, ...(filter !== undefined && { filter }) },
        exact: true,
      };
    }
    case 'rootcause.json':
      return expression.operator === '=' ? patternsRequirement(expression.causes) : UNKNOWN;
  }
}

/** Each pattern is met by a cause of some kind, which has the elements that the pattern has. */
function patternsRequirement(patterns: readonly unknown[]): Requirements {
  const found = patterns.map((pattern): Requirements => {
    const elements = elementsAskedFor(pattern);
    const kinds = CAUSE_KINDS.map((cause): Requirements => ({
      requirement: {
        kind: 'and',
        operands: elements.map((element): Requirement => ({ kind: 'cause', cause, ...element })),
      },
      exact: false,
    }));
    return joined('or', kinds);
  });
  return found.length === 0 ? ANY : joined('and', found);
}

/** A trace may meet a condition that is not exact, and not match: of its opposite nothing is known. */
function negated({ requirement, exact }: Requirements): Requirements {
  return exact ? { requirement: { kind: 'not', operand: requirement }, exact } : UNKNOWN;
}

function joined(kind: 'and' | 'or', parts: readonly Requirements[]): Requirements {
  const operands = parts.map(({ requirement }) => requirement);
  const exact = parts.every((part) => part.exact);
  const asking = operands.filter((operand) => operand.kind !== 'any');
  if (kind === 'or') {
    return asking.length < operands.length
      ? { requirement: { kind: 'any' }, exact }
      : { requirement: { kind: 'or', operands }, exact };
  }
  const [first] = asking;
  if (first === undefined) return { requirement: { kind: 'any' }, exact };
  return { requirement: asking.length === 1 ? first : { kind: 'and', operands: asking }, exact };
}

function factOf({ keyword, key }: Field): { readonly field: FactName; readonly key?: string } {
  return { field: keyword as FactName, ...(key !== undefined && { key }) };
}

function serviceRequirement({ service, filter }: ServiceFilter): Requirements {
  if (service?.type === CLIENT) {
    // A client is known by the root that it calls, and is of no account.
    if (service.accountId !== undefined) return NONE;
    const { name } = service;
    const root: Requirement = {
      kind: 'service',
      ...(name !== undefined && { service: { name } }),
      flag: 'root',
    };
    return { requirement: root, exact: filter === undefined };
  }
  const is = { kind: 'service', ...(service !== undefined && { service }) } as const;
  return filter === undefined ? { requirement: is, exact: true } : withinService(filter, is);
}

/**
 * What the trace has when one segment of the service meets the filter. One flag, or one of several, is what a store knows
 * of the segments of a service; that one segment has two at once it does not know.
 */
function withinService(filter: FilterExpression, is: Requirement & { kind: 'service' }): Requirements {
  const itself: Requirements = { requirement: is, exact: false };
  if (filter.kind === 'or')
    return joined(
      'or',
      filter.operands.map((operand) => withinService(operand, is)),
    );
  if (filter.kind === 'and') {
    const parts = filter.operands.map((operand) => withinService(operand, is));
    return { ...joined('and', parts), exact: false };
  }
  if (filter.kind !== 'comparison' && filter.kind !== 'set') return itself;
  const { keyword } = filter.field;
  if (filter.kind === 'comparison' && filter.value === true && FLAGS.has(keyword)) {
    return { requirement: { ...is, flag: keyword as ServiceFlag }, exact: true };
  }
  // What a segment has of these, its trace has.
  if (isSegmentText(keyword) || OF_ANY_ENTITY.has(keyword)) {
    const { requirement } = requirementIn(filter, undefined, new Set());
    return { requirement: { kind: 'and', operands: [is, requirement] }, exact: false };
  }
  // A segment is no longer than its trace.
  const isBelow = filter.kind === 'comparison' && (filter.operator === '>' || filter.operator === '>=');
  if (isBelow && (keyword === 'duration' || keyword === 'responsetime')) {
    const { operator, value } = filter;
    const longer: Requirement = { kind: 'fact', field: 'duration', operator, value };
    return { requirement: { kind: 'and', operands: [is, longer] }, exact: false };
  }
  return itself;
}

const OF_ANY_ENTITY: ReadonlySet<string> = new Set(['annotation', 'correlationid']);
