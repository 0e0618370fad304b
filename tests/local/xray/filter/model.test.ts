/** Filters against the plainest reading of what they mean, and against what an index may answer of them. */
import { describe, expect, it } from 'vitest';
import type { Entity, Segment, Subsegment } from '../../../../local/xray/document.ts';
import type { FilterSubject } from '../../../../local/xray/filter/facts.ts';
import { factsOf } from '../../../../local/xray/filter/facts.ts';
import { matchesFilter } from '../../../../local/xray/filter/matches-filter.ts';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import { meetsRequirement, requirementsOf } from '../../../../local/xray/filter/requirements.ts';
import { summarizeTrace } from '../../../../local/xray/summary.ts';
import type { Trace } from '../../../../local/xray/trace.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { traces } from '../graph/random-traces.ts';
import { expressions } from './expressions.ts';
import { subjectOf } from './traces.ts';

/** A filter with what it says, in the plainest words. */
interface Said {
  readonly text: string;
  readonly holds: (trace: Trace) => boolean;
}

const subjects = traces(1).map((trace): FilterSubject => ({ trace, summary: summarizeTrace(trace, []) }));

function all(entities: readonly Entity[]): Entity[] {
  return entities.flatMap((entity) => [entity, ...all(entity.subsegments ?? [])]);
}

function everything({ segments, orphans }: Trace): Entity[] {
  return all([...segments, ...orphans]);
}

function root(trace: Trace): Segment | undefined {
  const ids = everything(trace).map(({ id }) => id);
  const { segments } = trace;
  return (
    segments.find(({ parent_id }) => parent_id === undefined) ??
    segments.find(({ parent_id }) => !ids.includes(parent_id ?? ''))
  );
}

function isFault(entity: Entity | undefined): boolean {
  if (entity === undefined) return false;
  const flags = [entity.error, entity.throttle, entity.fault];
  if (flags.some((each) => each !== undefined)) return entity.fault === true;
  return (entity.http?.response?.status ?? 0) >= 500;
}

function calls(trace: Trace): Subsegment[] {
  const answered = trace.segments.map(({ parent_id }) => parent_id);
  const isTop = (entity: Entity): boolean => trace.segments.some((segment) => segment === entity);
  return everything(trace)
    .filter((entity) => !isTop(entity))
    .map((entity): Subsegment => entity)
    .filter(
      ({ namespace, traced, id }) => namespace !== undefined && traced !== true && !answered.includes(id),
    );
}

function annotations(entities: readonly Entity[], key: string): unknown[] {
  return entities.flatMap((entity) => (key in (entity.annotations ?? {}) ? [entity.annotations?.[key]] : []));
}

const said: fc.Arbitrary<Said> = fc.constantFrom<Said>(
  { text: 'fault', holds: (trace) => isFault(root(trace)) },
  { text: 'fault = false', holds: (trace) => !isFault(root(trace)) },
  { text: 'annotation.age', holds: (trace) => annotations(everything(trace), 'age').length > 0 },
  {
    text: 'annotation.age > 7',
    holds: (trace) => annotations(everything(trace), 'age').some((age) => age === 30),
  },
  {
    text: 'annotation[age] != 30',
    holds: (trace) => annotations(everything(trace), 'age').some((age) => age === 7),
  },
  { text: 'annotation.vip', holds: (trace) => annotations(everything(trace), 'vip').includes(true) },
  { text: 'annotation.vip = false', holds: (trace) => annotations(everything(trace), 'vip').includes(false) },
  {
    text: 'annotation.age contains "l"',
    holds: (trace) => annotations(everything(trace), 'age').includes('old'),
  },
  { text: 'user = "alice"', holds: ({ segments }) => segments.some(({ user }) => user === 'alice') },
  { text: 'user', holds: ({ segments }) => segments.some(({ user }) => user !== undefined) },
  {
    text: 'service("api")',
    holds: ({ segments }) => segments.some(({ name }) => name === 'api'),
  },
  {
    text: 'service("api") { fault }',
    holds: ({ segments }) => segments.some((segment) => segment.name === 'api' && isFault(segment)),
  },
  {
    text: 'service("orders")',
    holds: (trace) => calls(trace).some(({ aws }) => aws?.['table_name'] === 'orders'),
  },
  {
    text: 'service("DAX") { fault }',
    holds: (trace) => calls(trace).some((call) => call.name === 'DAX' && isFault(call)),
  },
  {
    text: 'service() { fault }',
    holds: (trace) => [...trace.segments, ...calls(trace)].some(isFault),
  },
  { text: 'inferred', holds: (trace) => calls(trace).length > 0 },
  {
    text: 'service(id(name: "pay", type: "AWS::Lambda::Function")) { annotation.age }',
    holds: ({ segments }) =>
      segments.some(
        (segment) =>
          segment.name === 'pay' &&
          segment.origin === 'AWS::Lambda::Function' &&
          annotations(all([segment]), 'age').length > 0,
      ),
  },
  {
    text: 'edge("api", "api.example.com")',
    holds: (trace) =>
      trace.segments.some(
        (segment) =>
          segment.name === 'api' &&
          calls(trace).some((call) => call.name === 'api.example.com' && all([segment]).includes(call)),
      ),
  },
);

const sayings: fc.Arbitrary<Said> = fc.letrec<{ saying: Said }>((tie) => ({
  saying: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'saying' },
    said,
    tie('saying').map(({ text, holds }) => ({ text: `!(${text})`, holds: (trace: Trace) => !holds(trace) })),
    fc.tuple(tie('saying'), tie('saying')).map(([one, other]) => ({
      text: `(${one.text}) ${other.text.startsWith('(') ? '' : 'and'} (${other.text})`,
      holds: (trace: Trace) => one.holds(trace) && other.holds(trace),
    })),
    fc.tuple(tie('saying'), tie('saying')).map(([one, other]) => ({
      text: `(${one.text} or ${other.text})`,
      holds: (trace: Trace) => one.holds(trace) || other.holds(trace),
    })),
  ),
})).saying;

describe('a filter', () => {
  it('finds what it says', () => {
    fc.assert(
      fc.property(sayings, subjects, ({ text, holds }, subject) => {
        expect([text, matchesFilter(parseFilter(text), subject)]).toEqual([text, holds(subject.trace)]);
      }),
      runs(1000),
    );
  });

  it('of whatever form answers for whatever trace', () => {
    fc.assert(
      fc.property(expressions, subjects, (text, subject) => {
        const expression = parseFilter(text);
        const found = matchesFilter(expression, subject);
        expect(matchesFilter({ kind: 'not', operand: expression }, subject)).toBe(!found);
      }),
      runs(500),
    );
  });
});

describe('what an index is asked for', () => {
  it('holds of every trace that matches, and of no other where it says so', () => {
    const groups = (name: string) =>
      name === 'alice' ? parseFilter('service() { fault } OR user') : undefined;
    const texts = fc.oneof(
      expressions,
      sayings.map(({ text }) => text),
      fc
        .tuple(sayings, expressions, fc.constantFrom(' AND ', ' OR '))
        .map(([one, other, by]) => one.text + by + other),
      fc.constantFrom(
        'group.name = "alice"',
        '!group.name = "alice"',
        'group.name != "alice"',
        'group.name = "none"',
      ),
    );
    fc.assert(
      fc.property(texts, subjects, fc.constantFrom(undefined, '1'), (text, subject, accountId) => {
        const expression = parseFilter(text);
        const whole = { ...subject, groups, ...(accountId !== undefined && { accountId }) };
        const { requirement, exact } = requirementsOf(expression, groups);
        const matches = matchesFilter(expression, whole);
        const meets = meetsRequirement(requirement, factsOf(whole));
        if (matches) expect([text, meets]).toEqual([text, true]);
        if (exact) expect([text, meets]).toEqual([text, matches]);
      }),
      runs(1000),
    );
  });

  it('tells one segment that has two flags from two that have one each', () => {
    const flags = fc.constantFrom(
      'ok',
      'error',
      'throttle',
      'fault',
      'inferred',
      'root',
      '!fault',
      'user = "bob"',
    );
    const names = fc.constantFrom(
      'id(type: "client")',
      'id(name: "api", type: "client")',
      'id(name: "pay", type: "client", account.id: "1")',
      '"api"',
      '"pay"',
      '"orders"',
      '"DAX"',
      '"DynamoDB"',
      '',
    );
    const texts = fc
      .tuple(names, flags, fc.constantFrom('and', 'or'), flags)
      .map(([name, one, word, other]) => `service(${name}) { ${one} ${word} ${other} }`);
    fc.assert(
      fc.property(texts, subjects, (text, subject) => {
        const expression = parseFilter(text);
        const { requirement, exact } = requirementsOf(expression);
        const matches = matchesFilter(expression, subject);
        const meets = meetsRequirement(requirement, factsOf(subject));
        expect([text, meets || !matches, meets === matches || !exact]).toEqual([text, true, true]);
      }),
      runs(3000),
    );
  });

  it.each<[text: string, exact: boolean]>([
    ['', true],
    ['fault AND annotation.order = "o-1" AND duration > 2', true],
    ['!(user = "alice" OR http.status >= 500)', true],
    ['service("a") { fault } OR service(id(type: "AWS::Lambda")) { error OR throttle }', true],
    ['coldstart correlationid = "c"', true],
    ['service("a") { fault AND responsetime > 1 }', false],
    ['service("a") { !fault }', false],
    ['edge("a", "b")', false],
    ['service(id(name: "a", type: "client"))', true],
    ['service(id(name: "a", type: "client")) { fault }', false],
    ['rootcause.fault.service', true],
    ['!rootcause.fault.exception { !(message CONTAINS "a") and last }', true],
    ['rootcause.json = #[{"Services":[{"Name":"a"}]}]', false],
    ['rootcause.json != #[{"Services":[{"Name":"a"}]}]', false],
    ['annotation.a = 1 OR edge("a", "b")', false],
    ['group.name = "unknown"', true],
  ])('of %s is all there is: %s', (text, exact) => {
    expect(requirementsOf(parseFilter(text)).exact).toBe(exact);
  });

  it('narrows what it cannot answer wholly', () => {
    const { requirement } = requirementsOf(
      parseFilter('edge("a", "b") { fault } service("c") { fault and annotation.x = 1 and duration > 3 } ok'),
    );
    const service = (name: string, more = {}) => ({ kind: 'service', service: { name }, ...more });
    expect(requirement).toEqual({
      kind: 'and',
      operands: [
        { kind: 'and', operands: [service('a'), service('b')] },
        {
          kind: 'and',
          operands: [
            service('c', { flag: 'fault' }),
            {
              kind: 'and',
              operands: [
                service('c'),
                { kind: 'fact', field: 'annotation', key: 'x', operator: '=', value: 1 },
              ],
            },
            {
              kind: 'and',
              operands: [service('c'), { kind: 'fact', field: 'duration', operator: '>', value: 3 }],
            },
          ],
        },
        { kind: 'fact', field: 'ok', operator: '=', value: true },
      ],
    });
  });
});

it('facts are plain values, each once', () => {
  const facts = factsOf(
    subjectOf([
      {
        id: 'a'.repeat(16),
        trace_id: '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4',
        name: 'api',
        start_time: 1,
        end_time: 3,
        user: 'alice',
        annotations: { age: 1 },
        http: { request: { method: 'GET', url: '/' }, response: { status: 404 } },
        subsegments: [
          {
            id: 'b'.repeat(16),
            name: 'x',
            start_time: 1,
            end_time: 2,
            annotations: { age: 1, CorrelationId: 'c' },
          },
        ],
      },
    ]),
  );
  expect(JSON.parse(JSON.stringify(facts))).toEqual({
    ok: false,
    error: true,
    throttle: false,
    fault: false,
    partial: false,
    inferred: false,
    coldstart: false,
    responsetime: 2,
    duration: 2,
    'http.status': 404,
    'http.url': '/',
    'http.method': 'GET',
    user: ['alice'],
    correlationid: ['c'],
    availabilityzone: [],
    'instance.id': [],
    'resource.arn': [],
    requestid: [],
    annotations: [
      { key: 'age', value: 1 },
      { key: 'CorrelationId', value: 'c' },
    ],
    services: [
      {
        name: 'api',
        names: ['api'],
        ok: false,
        error: true,
        throttle: false,
        fault: false,
        inferred: false,
        root: true,
      },
    ],
    causes: {
      FaultRootCauses: [],
      ErrorRootCauses: [
        {
          ClientImpacting: true,
          Services: [
            {
              Name: 'api',
              Names: ['api'],
              Inferred: false,
              EntityPath: [{ Name: 'api', Remote: false, Exceptions: [] }],
            },
          ],
        },
      ],
      ResponseTimeRootCauses: [
        {
          ClientImpacting: true,
          Services: [
            {
              Name: 'api',
              Names: ['api'],
              Inferred: false,
              EntityPath: [
                { Name: 'api', Remote: false, Coverage: 1 },
                { Name: 'x', Remote: false, Coverage: 0.5 },
              ],
            },
          ],
        },
      ],
    },
  });
});
