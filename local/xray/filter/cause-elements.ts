/** The members of root causes, as the braces of `rootcause.….….` see them one by one. */
import type { CauseKind, RootCause, RootCauses } from '../graph/root-causes.ts';
import type { FilterExpression, FilterValue, Operator, RootCauseFilter } from './expression.ts';

export type CausePart = RootCauseFilter['part'];

/** A service, an entity or an exception of a root cause, by the keywords that ask for what it has. */
export type CauseElement = Readonly<Record<string, FilterValue | undefined>>;

export const CAUSE_KINDS: readonly CauseKind[] = ['fault', 'error', 'responsetime'];
export const CAUSE_PARTS: readonly CausePart[] = ['service', 'entity', 'exception'];

export function causesOf(causes: RootCauses, kind: CauseKind): readonly RootCause[] {
  return {
    fault: causes.FaultRootCauses,
    error: causes.ErrorRootCauses,
    responsetime: causes.ResponseTimeRootCauses,
  }[kind];
}

/** The elements of a root cause, each with its place. `clientimpacting` is what `rootcause.json` alone can ask for. */
export function elementsOf(
  { Services: services, ClientImpacting: clientimpacting }: RootCause,
  part: CausePart,
): readonly CauseElement[] {
  const entities = services.flatMap(({ EntityPath }) => EntityPath);
  const lists: Readonly<Record<CausePart, readonly CauseElement[]>> = {
    service: services.map(({ Name, Type, Inferred }) => ({
      name: Name,
      type: Type,
      inferred: Inferred,
      clientimpacting,
    })),
    entity: entities.map(({ Name, Remote, Coverage }) => ({
      name: Name,
      remote: Remote,
      coverage: Coverage,
    })),
    exception: entities
      .flatMap(({ Exceptions = [] }) => Exceptions)
      .map(({ Name, Message }) => ({ name: Name, message: Message })),
  };
  const list = lists[part];
  return list.map((element, index) => ({
    ...element,
    index,
    first: index === 0,
    last: index === list.length - 1,
  }));
}

/** A condition on one element of a root cause: each of these. */
export interface ElementFilter {
  readonly part: CausePart;
  readonly filter?: FilterExpression;
}

/**
 * What a root cause that has all that a pattern of `rootcause.json` has must have, element by element. That one cause has it
 * all together is not said by it.
 */
export function elementsAskedFor(pattern: unknown): readonly ElementFilter[] {
  const services = listIn(pattern, 'Services');
  const impact = asked(pattern, 'ClientImpacting');
  const filters: ElementFilter[] = [{ part: 'service', filter: all(impact) }];
  if (services === undefined) return filters;
  // Undefined where it is not said how many entities stand before.
  let before: number | undefined = 0;
  for (const [index, service] of services.entries()) {
    const place = [is('index', index), is('last', index === services.length - 1)];
    const said = [asked(service, 'Name'), asked(service, 'Type'), asked(service, 'Inferred')].flat();
    filters.push({ part: 'service', filter: all([...place, ...said]) });
    const entities = listIn(service, 'EntityPath');
    for (const [at, entity] of (entities ?? []).entries()) {
      const where = before === undefined ? [] : [is('index', before + at)];
      const named = [asked(entity, 'Name'), asked(entity, 'Remote'), asked(entity, 'Coverage')].flat();
      filters.push({ part: 'entity', filter: all([...where, ...named]) });
      for (const exception of listIn(entity, 'Exceptions') ?? []) {
        const thrown = [asked(exception, 'Name'), asked(exception, 'Message')].flat();
        filters.push({ part: 'exception', filter: all(thrown) });
      }
    }
    before = before === undefined || entities === undefined ? undefined : before + entities.length;
  }
  return filters;
}

function listIn(value: unknown, member: string): readonly unknown[] | undefined {
  const list = memberOf(value, member);
  return Array.isArray(list) ? list : undefined;
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, member)
    ? (value as Readonly<Record<string, unknown>>)[member]
    : undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  ClientImpacting: 'boolean',
  Inferred: 'boolean',
  Remote: 'boolean',
  Coverage: 'number',
};

/** A number where a text is due may mean that text (an account); that is left to whoever looks closer. */
function asked(pattern: unknown, member: string): readonly FilterExpression[] {
  const value = memberOf(pattern, member);
  return typeof value === (TYPES[member] ?? 'string') ? [is(member.toLowerCase(), value as FilterValue)] : [];
}

function is(keyword: string, value: FilterValue): FilterExpression {
  const operator: Operator = '=';
  return { kind: 'comparison', field: { keyword }, operator, value };
}

function all(operands: readonly FilterExpression[]): FilterExpression {
  return operands.length === 0 ? { kind: 'all' } : { kind: 'and', operands };
}
