import { callName } from '../local/xray/call-name.ts';
import type { Entity } from '../local/xray/document.ts';
import { byStart, entitiesFrom, entitiesOf, subsegmentsOf } from '../local/xray/entities.ts';
import { formatDuration } from '../local/xray/format-duration.ts';
import { callsOf } from '../local/xray/graph/calls.ts';
import type { ServiceSegment } from '../local/xray/graph/calls.ts';
import { failuresOf, isInProgress } from '../local/xray/status.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { checkOptions } from './check-options.ts';
import { expectNoLeak } from './expect-no-leak.ts';
import type { ExpectNoLeakOptions } from './expect-no-leak.ts';
import type { ObservedTrace } from './observed-trace.ts';

/** Failures named in one message; the others are counted. */
const MOST_NAMED = 8;

/** Options of {@link expectServices}. */
export interface ExpectServicesOptions {
  /** They begin one after the other, as they are named. Others may begin in between. @default false */
  readonly inOrder?: boolean;
  /** No others take part. @default false */
  readonly only?: boolean;
}

/**
 * Throws unless each of the services takes part in the trace, or those linked with it: by the name of its segment, or, where it
 * does not report, of its table, queue or host, or of the call (`DynamoDB`).
 *
 * @throws Error that names what is missing, with the trace as a tree. @throws TypeError for options that are wrong.
 *
 * @example
 * expectServices(trace, ['create-order', 'fulfil-order', 'take-payment'], { inOrder: true });
 */
export function expectServices(
  trace: ObservedTrace,
  names: readonly string[],
  options: ExpectServicesOptions = {},
): void {
  checkOptions('expectServices()', options, ['inOrder', 'only']);
  if (names.length === 0)
    throw new TypeError('expectServices() takes the names of one service or more; got none');
  const { inOrder = false, only = false } = options;
  const services = trace.traces
    .flatMap((each) => callsOf(each).services)
    .sort((one, other) => byStart(one.segment, other.segment));
  const missing = names.filter((name) => !services.some((service) => isNamed(service, name)));
  const found = listed([...new Set(services.map(({ service }) => service.name))]);
  if (missing.length > 0) {
    fail(trace, `Expected the services ${listed(names)}; ${listed(missing)} took no part, but ${found} did.`);
  }
  let next = 0;
  for (const service of services) if (isNamed(service, names[next])) next += 1;
  const outOfOrder = names[next];
  if (inOrder && outOfOrder !== undefined) {
    fail(
      trace,
      `Expected the services to begin in the order ${listed(names)}; ${JSON.stringify(outOfOrder)} did not begin after ` +
        `${JSON.stringify(names[next - 1])}. They began in the order ${found}.`,
    );
  }
  const others = services.filter((service) => !names.some((name) => isNamed(service, name)));
  if (only && others.length > 0) {
    const unexpected = listed([...new Set(others.map(({ service }) => service.name))]);
    fail(trace, `Expected the services ${listed(names)} and no others; ${unexpected} took part too.`);
  }
}

function isNamed({ service, aliases }: ServiceSegment, name: string | undefined): boolean {
  return name !== undefined && (service.name === name || aliases.includes(name));
}

/** Options of {@link expectCalls}. */
export interface ExpectCallsOptions {
  /** Only the calls that the service of this name makes. @default every call */
  readonly from?: string;
  /** Calls that are not named are allowed. @default false */
  readonly others?: boolean;
}

/**
 * Throws unless there are exactly so many calls of each kind, and none of any other, in the trace and those linked with it. So
 * one more query for each order is a failing test. A kind is the service, or with its operation, or with what it works
 * on too: `DynamoDB`, `DynamoDB PutItem`, `DynamoDB PutItem orders`; for requests `payments.example.com POST`. Attempts of
 * one call are one call.
 *
 * @throws Error that names each difference, with the trace as a tree. @throws TypeError for counts or options that are wrong.
 *
 * @example
 * expectCalls(trace, { 'DynamoDB PutItem': 1, 'SNS Publish': 1 }, { from: 'create-order' });
 */
export function expectCalls(
  trace: ObservedTrace,
  counts: Readonly<Record<string, number>>,
  options: ExpectCallsOptions = {},
): void {
  checkOptions('expectCalls()', options, ['from', 'others']);
  for (const [kind, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count >= 0) continue;
    throw new TypeError(
      `expectCalls() takes whole numbers from 0 on; got ${JSON.stringify(kind)}: ${String(count)}`,
    );
  }
  const { from, others = false } = options;
  const calls = callsIn(trace, from);
  const kinds = Object.keys(counts);
  const problems = Object.entries(counts).flatMap(([kind, expected]) => {
    const got = calls.filter((call) => isOfKind(call, kind)).length;
    return got === expected ? [] : [`${kind}: expected ${expected}, got ${got}`];
  });
  const unnamed = calls.filter((call) => !kinds.some((kind) => isOfKind(call, kind)));
  if (!others) {
    for (const [call, same] of Map.groupBy(unnamed, (each) => each)) {
      problems.push(`${call}: expected none, got ${same.length}`);
    }
  }
  if (problems.length > 0) {
    fail(trace, ['Other calls were made than expected:', ...firstOf(problems)].join('\n'));
  }
}

/** Each call as the words of its kind. */
function callsIn(trace: ObservedTrace, from: string | undefined): readonly string[] {
  const callers = trace.traces.flatMap(({ segments, orphans }) => [
    ...segments,
    ...(from === undefined ? orphans : []),
  ]);
  const meant = from === undefined ? callers : callers.filter(({ name }) => name === from);
  if (from !== undefined && meant.length === 0) {
    const names = listed([...new Set(callers.map(({ name }) => name))]);
    fail(trace, `Expected calls from ${JSON.stringify(from)}, which reports no segment; ${names} do.`);
  }
  const calls: string[] = [];
  for (const caller of meant) {
    const attempts = new Set<Entity>();
    for (const entity of entitiesFrom([caller])) {
      const kind = kindOf(entity);
      if (kind === undefined) continue;
      // Parents come first. Attempts after the first stand below the call that they belong to.
      for (const child of subsegmentsOf(entity)) if (kindOf(child) === kind) attempts.add(child);
      if (!attempts.has(entity)) calls.push(kind);
    }
  }
  return calls;
}

function kindOf(entity: Entity): string | undefined {
  const call = callName(entity);
  return call && [call.service, call.operation, call.resource].filter((word) => word !== undefined).join(' ');
}

function isOfKind(call: string, kind: string): boolean {
  return call === kind || call.startsWith(`${kind} `);
}

/** Options of {@link expectNoFault}. */
export interface ExpectNoFaultOptions {
  /** Errors (4xx) and throttles fail too, as faults (5xx, exceptions) do. @default false */
  readonly errors?: boolean;
}

/**
 * Throws when something in the trace, or those linked with it, ended with a fault, be it handled on the way or not.
 *
 * @throws Error that names what failed and why, with the trace as a tree. @throws TypeError for options that are wrong.
 */
export function expectNoFault(trace: ObservedTrace, options: ExpectNoFaultOptions = {}): void {
  checkOptions('expectNoFault()', options, ['errors']);
  const { errors = false } = options;
  const failed = entitiesIn(trace).flatMap((entity) => {
    const { fault, error, throttle } = failuresOf(entity);
    const how = fault ? 'fault' : errors && throttle ? 'throttle' : errors && error ? 'error' : undefined;
    return how === undefined ? [] : [`${entity.name}: ${how}${reasonOf(entity)}`];
  });
  if (failed.length === 0) return;
  fail(trace, [`Expected no fault${errors ? ' and no error' : ''}:`, ...firstOf(failed)].join('\n'));
}

function reasonOf({ cause }: Entity): string {
  const [first] = typeof cause === 'object' ? (cause.exceptions ?? []) : [];
  return first === undefined
    ? ''
    : ` (${first.type ?? 'Error'}${first.message === undefined ? '' : `: ${first.message}`})`;
}

/** Options of {@link expectNothingSlower}. */
export interface ExpectNothingSlowerOptions {
  /** Only what has this name. @default everything */
  readonly name?: string;
  /** What may take longer, by its name: `Init`, for example. What contains it is not meant. @default [] */
  readonly except?: readonly string[];
}

/**
 * Throws when something in the trace, or those linked with it, took longer.
 *
 * @param milliseconds the most that anything may take.
 * @throws Error that names what took longer, with the trace as a tree; also where nothing has the name, because that would
 * prove nothing. @throws TypeError for options that are wrong.
 */
export function expectNothingSlower(
  trace: ObservedTrace,
  milliseconds: number,
  options: ExpectNothingSlowerOptions = {},
): void {
  checkOptions('expectNothingSlower()', options, ['name', 'except']);
  if (!(milliseconds >= 0)) {
    throw new TypeError(`expectNothingSlower() takes milliseconds from 0 on; got ${String(milliseconds)}`);
  }
  const { name, except = [] } = options;
  const meant = entitiesIn(trace).filter((entity) => name === undefined || entity.name === name);
  if (meant.length === 0) fail(trace, `Nothing has the name ${JSON.stringify(name)}.`);
  const slow = meant.flatMap((entity) => {
    if (except.includes(entity.name)) return [];
    if (isInProgress(entity) || entity.end_time === undefined) return [`${entity.name}: has not ended`];
    // Times of documents have a thousandth of a second at least; sums of fractions have noise.
    const took = Math.round((entity.end_time - entity.start_time) * 1e6) / 1e3;
    return took > milliseconds ? [`${entity.name}: ${formatDuration(took / 1000)}`] : [];
  });
  if (slow.length === 0) return;
  fail(trace, [`Expected nothing slower than ${milliseconds} ms:`, ...firstOf(slow)].join('\n'));
}

/** Options of {@link expectNoPersonalData}. */
export interface ExpectNoPersonalDataOptions extends ExpectNoLeakOptions {
  /**
   * What must not be seen: the request's body, the event, the response. Of these no four characters in a row may be shown,
   * as `expectNoLeak` looks for them.
   */
  readonly of?: unknown;
}

/**
 * Throws when the trace, or those linked with it, shows personal data or secrets: what the detectors of redaction find in
 * annotations, metadata, users, URLs, statements and messages, what stands there under a name that is denied (`email`), and,
 * with `of`, any part of what is given.
 *
 * @throws Error that names where, without repeating the data. @throws TypeError for options that are wrong.
 *
 * @example
 * expectNoPersonalData(trace, { of: order, allow: ['status'] });
 */
export function expectNoPersonalData(trace: ObservedTrace, options: ExpectNoPersonalDataOptions = {}): void {
  checkOptions('expectNoPersonalData()', options, ['of', 'allow', 'fieldNames', 'characters']);
  const { of, ...leakOptions } = options;
  const documents = trace.traces.flatMap((each) => each.documents);
  if (documents.length === 0) {
    throw new Error('expectNoPersonalData() got a trace without a document, so nothing could be shown');
  }
  if (of !== undefined) expectNoLeak(of, documents, leakOptions);
  const allow = leakOptions.allow ?? [];
  const redact = createRedactor({ mode: 'values', allow, budget: UNBOUNDED });
  const found = entitiesIn(trace).flatMap((entity) => {
    const [data, shown] = [dataOf(entity), redact(dataOf(entity))];
    const { name } = shown as { readonly name: unknown };
    return differences(data, shown, String(name));
  });
  if (found.length === 0) return;
  // Without the tree, which would repeat it.
  throw new Error(
    ['Expected no personal data, but it is shown:', ...firstOf(found), `in trace ${trace.id}`].join('\n'),
  );
}

/** More than a document of X-Ray holds (64 kB), so that nothing of it is left out. */
const UNBOUNDED = { bytes: 1_000_000, depth: 200, items: 100_000, keys: 100_000, stringLength: 100_000 };

/** What of an entity may hold data: the rest is made of names that stand in code, of ids and times. */
function dataOf(entity: Entity): Readonly<Record<string, unknown>> {
  const { annotations, metadata, http, cause } = entity;
  const { user, sql } = entity as { user?: string; sql?: Readonly<Record<string, unknown>> };
  const exceptions = typeof cause === 'object' ? (cause.exceptions ?? []) : [];
  return {
    name: entity.name,
    ...(annotations && { annotations }),
    ...(metadata && { metadata }),
    ...(user !== undefined && { user }),
    ...(http?.request?.url !== undefined && { url: http.request.url }),
    ...(sql?.['sanitized_query'] !== undefined && { statement: sql['sanitized_query'] }),
    ...(exceptions.length > 0 && { messages: exceptions.map(({ message }) => message) }),
  };
}

/** Where two values differ: the path, and what redaction put there. */
function differences(value: unknown, redacted: unknown, path: string): string[] {
  if (typeof value === 'object' && value !== null && typeof redacted === 'object' && redacted !== null) {
    const shown = new Map(Object.entries(redacted));
    const isArray = Array.isArray(value);
    return Object.entries(value).flatMap(([key, member]) => {
      if (!shown.has(key)) return member === undefined ? [] : [`${path}: a name that is data itself`];
      return differences(member, shown.get(key), isArray ? `${path}[${key}]` : `${path}.${key}`);
    });
  }
  if (Object.is(value, redacted) || (value === undefined && redacted === null)) return [];
  const labels = typeof redacted === 'string' ? redacted.match(/\[[^\]]+\]|<[^>]+>/g) : null;
  return [`${path}: ${labels === null ? 'data' : [...new Set(labels)].join(', ')}`];
}

function entitiesIn(trace: ObservedTrace): readonly Entity[] {
  return trace.traces.flatMap((each) => [...entitiesOf(each)]).sort(byStart);
}

function firstOf(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MOST_NAMED).map((problem) => `- ${problem}`);
  return problems.length > MOST_NAMED ? [...shown, `- and ${problems.length - MOST_NAMED} more`] : shown;
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

function fail(trace: ObservedTrace, message: string): never {
  throw new Error(`${message}\n\n${trace.text}`);
}
