import type { Entity, Segment } from '../document.ts';
import { entitiesFrom, entitiesOf } from '../entities.ts';
import type { Call, ServiceSegment } from '../graph/calls.ts';
import { callsOf, CLIENT, clientOf } from '../graph/calls.ts';
import type { RootCause, RootCauses } from '../graph/root-causes.ts';
import { rootCauses } from '../graph/root-causes.ts';
import { matchesService } from '../graph/service-pattern.ts';
import { failuresOf, isInProgress } from '../status.ts';
import { startedCold } from '../summary.ts';
import type { CauseElement } from './cause-elements.ts';
import { causesOf, elementsOf } from './cause-elements.ts';
import { matchesPattern } from './cause-patterns.ts';
import type {
  EdgeFilter,
  Field,
  FilterExpression,
  FilterValue,
  Operator,
  RootCauseFilter,
  RootCauseJson,
  ServiceFilter,
} from './expression.ts';
import type { FilterSubject } from './facts.ts';
import {
  correlationIdsOf,
  httpOf,
  identityOf,
  isOk,
  isSegmentText,
  rootOf,
  textsOf,
  valuesOfAnnotation,
} from './facts.ts';

/**
 * Whether a trace meets a filter expression. What an expression does not ask for is not looked at.
 *
 * A condition holds when one of the values that the trace has for its keyword meets it. It does not hold when there is none,
 * whatever the operator is: `http.status != 200` asks for a status.
 */
export function matchesFilter(expression: FilterExpression, subject: FilterSubject): boolean {
  return holds(expression, new TraceView(subject, new Set()));
}

/** Whether a value that was found meets a condition. Values of another type than the one given never do. */
export function compares(found: FilterValue, operator: Operator, value: FilterValue): boolean {
  if (typeof found !== typeof value) return false;
  if (operator === '=') return found === value;
  if (operator === '!=') return found !== value;
  if (typeof found === 'string' && typeof value === 'string') {
    if (operator === 'CONTAINS') return found.includes(value);
    if (operator === 'BEGINSWITH') return found.startsWith(value);
    return operator === 'ENDSWITH' && found.endsWith(value);
  }
  if (typeof found !== 'number' || typeof value !== 'number') return false;
  if (operator === '<') return found < value;
  if (operator === '<=') return found <= value;
  if (operator === '>') return found > value;
  return operator === '>=' && found >= value;
}

/** What a scope has for its keywords. Complex keywords are known to the scope of the trace alone. */
interface View {
  readonly valuesOf: (field: Field) => readonly FilterValue[];
  readonly holdsComplex?: (
    expression:
      ServiceFilter | EdgeFilter | RootCauseFilter | RootCauseJson | (FilterExpression & { kind: 'group' }),
  ) => boolean;
}

function holds(expression: FilterExpression, view: View): boolean {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'and':
      return expression.operands.every((operand) => holds(operand, view));
    case 'or':
      return expression.operands.some((operand) => holds(operand, view));
    case 'not':
      return !holds(expression.operand, view);
    case 'set':
      return view.valuesOf(expression.field).some((value) => value !== false);
    case 'comparison': {
      const { field, operator, value } = expression;
      return view.valuesOf(field).some((found) => compares(found, operator, value));
    }
    default:
      return view.holdsComplex?.(expression) ?? false;
  }
}

function meets(filter: FilterExpression | undefined, view: () => View): boolean {
  return filter === undefined || holds(filter, view());
}

class TraceView implements View {
  readonly #subject: FilterSubject;
  /** Groups that are being asked: one that names itself, by whatever way, matches nothing. */
  readonly #asked: ReadonlySet<string>;
  #root: { readonly segment: Segment | undefined } | undefined;
  #causes: RootCauses | undefined;

  constructor(subject: FilterSubject, asked: ReadonlySet<string>) {
    this.#subject = subject;
    this.#asked = asked;
  }

  readonly valuesOf = ({ keyword, key }: Field): readonly FilterValue[] => {
    const { trace, summary } = this.#subject;
    if (key !== undefined) return valuesOfAnnotation(entitiesOf(trace), key);
    if (isSegmentText(keyword)) return textsOf(keyword, trace.segments);
    switch (keyword) {
      case 'partial':
        return [summary.isPartial];
      case 'inferred':
        return [callsOf(this.#subject.trace).services.some(({ inferred }) => inferred)];
      case 'coldstart':
        return [summary.coldStart];
      case 'correlationid':
        return correlationIdsOf(entitiesOf(trace));
      case 'responsetime':
        return given(summary.responseTime);
      case 'duration':
        return [summary.duration];
    }
    this.#root ??= { segment: rootOf(trace) };
    return requestValues(this.#root.segment, keyword);
  };

  readonly holdsComplex: NonNullable<View['holdsComplex']> = (expression) => {
    switch (expression.kind) {
      case 'service':
        return this.#hasService(expression);
      case 'edge':
        return this.#hasCall(expression);
      case 'rootcause':
        return this.#hasCause(expression);
      case 'rootcause.json': {
        const causes = Object.values(this.#readCauses()).flat() as readonly RootCause[];
        const found = expression.causes.every((pattern) =>
          causes.some((cause) => matchesPattern(pattern, cause)),
        );
        return found === (expression.operator === '=');
      }
      case 'group': {
        const group = this.#asked.has(expression.value)
          ? undefined
          : this.#subject.groups?.(expression.value);
        if (group === undefined) return false;
        const view = new TraceView(this.#subject, new Set([...this.#asked, expression.value]));
        return holds(group, view) === (expression.operator === '=');
      }
    }
  };

  #hasService({ service, filter }: ServiceFilter): boolean {
    if (service?.type === CLIENT) {
      return callsOf(this.#subject.trace).calls.some(
        ({ to, byClient }) =>
          byClient &&
          matchesService(service, clientOf(to)) &&
          meets(filter, () => serviceView({ ...to, service: clientOf(to), root: false })),
      );
    }
    return callsOf(this.#subject.trace).services.some((each) => {
      const identity = identityOf(each, this.#subject.accountId);
      return matchesService(service, identity, each.aliases) && meets(filter, () => serviceView(each));
    });
  }

  #hasCall({ source, destination, filter }: EdgeFilter): boolean {
    const { accountId } = this.#subject;
    return callsOf(this.#subject.trace).calls.some((call) => {
      const { from, to, byClient } = call;
      const caller = byClient ? clientOf(to) : from && identityOf(from, accountId);
      return (
        caller !== undefined &&
        matchesService(source, caller, from?.aliases) &&
        matchesService(destination, identityOf(to, accountId), to.aliases) &&
        meets(filter, () => callView(call))
      );
    });
  }

  #hasCause({ cause: kind, part, filter }: RootCauseFilter): boolean {
    return causesOf(this.#readCauses(), kind).some((cause) =>
      elementsOf(cause, part).some((element) => elementMeets(element, filter)),
    );
  }

  #readCauses(): RootCauses {
    this.#causes ??= rootCauses(this.#subject.trace);
    return this.#causes;
  }
}

/** Whether an element of a root cause meets what stands in braces behind it. */
export function elementMeets(element: CauseElement, filter: FilterExpression | undefined): boolean {
  return meets(filter, () => ({
    valuesOf: ({ keyword }) => given(Object.hasOwn(element, keyword) ? element[keyword] : undefined),
  }));
}

function serviceView({ service, segment, inferred, root }: ServiceSegment): View {
  return {
    valuesOf: ({ keyword, key }) => {
      if (key !== undefined) return valuesOfAnnotation(entitiesFrom([segment]), key);
      if (isSegmentText(keyword)) return textsOf(keyword, [segment]);
      switch (keyword) {
        case 'name':
          return [service.name];
        case 'type':
          return given(service.type);
        case 'root':
          return [root];
        case 'inferred':
          return [inferred];
        case 'partial':
          return [isInProgress(segment)];
        case 'coldstart':
          return [startedCold(segment)];
        case 'correlationid':
          return correlationIdsOf(entitiesFrom([segment]));
        case 'responsetime':
          return responseTimeOf(segment);
        case 'duration':
          return durationOf(segment);
        default:
          return requestValues(segment, keyword);
      }
    },
  };
}

/** An edge is seen from its caller; where nobody recorded the call, from the segment that was called. */
function callView({ from, to, by }: Call): View {
  const seen: Entity = by ?? to.segment;
  return {
    valuesOf: ({ keyword, key }) => {
      if (key !== undefined) return valuesOfAnnotation(annotated(keyword, from, to, by), key);
      if (isSegmentText(keyword)) return textsOf(keyword, [to.segment]);
      switch (keyword) {
        case 'partial':
          return [isInProgress(seen)];
        case 'responsetime':
          return responseTimeOf(seen);
        case 'duration':
          return durationOf(seen);
        default: {
          const values = requestValues(seen, keyword);
          // Who was called knows more of the request: who it came from.
          return values.length > 0 ? values : requestValues(to.segment, keyword);
        }
      }
    },
  };
}

function annotated(
  keyword: string,
  from: ServiceSegment | undefined,
  to: ServiceSegment,
  by: Entity | undefined,
): Iterable<Entity> {
  if (keyword === 'source.annotation') return entitiesFrom(from === undefined ? [] : [from.segment]);
  return entitiesFrom(keyword === 'annotation' && by !== undefined ? [by, to.segment] : [to.segment]);
}

/** How a request ended, and what it was. */
function requestValues(entity: Entity | undefined, keyword: string): readonly FilterValue[] {
  // While the root is missing, it has neither ended well nor failed.
  if (entity === undefined) return ['ok', 'error', 'throttle', 'fault'].includes(keyword) ? [false] : [];
  const { status, url, method, user_agent: userAgent, client_ip: clientIp } = httpOf(entity);
  switch (keyword) {
    case 'ok':
      return [isOk(failuresOf(entity))];
    case 'error':
    case 'throttle':
    case 'fault':
      return [failuresOf(entity)[keyword]];
    case 'http.status':
      return given(status);
    case 'http.url':
      return given(url);
    case 'http.method':
      return given(method);
    case 'http.useragent':
      return given(userAgent);
    case 'http.clientip':
      return given(clientIp);
    default:
      return [];
  }
}

function responseTimeOf(entity: Entity): readonly number[] {
  const { start_time: start, end_time: end } = entity;
  return isInProgress(entity) || end === undefined ? [] : [Math.max(0, end - start)];
}

/** To the end of everything below it. */
function durationOf(entity: Entity): readonly number[] {
  let end = entity.start_time;
  for (const each of entitiesFrom([entity])) end = Math.max(end, each.end_time ?? each.start_time);
  return [end - entity.start_time];
}

function given<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
