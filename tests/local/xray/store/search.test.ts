import { describe, expect, it } from 'vitest';
import type { Segment, SegmentDocument } from '../../../../local/xray/document.ts';
import { matchesFilter } from '../../../../local/xray/filter/matches-filter.ts';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import type { TraceSearch } from '../../../../local/xray/store/search.ts';
import { CursorError } from '../../../../local/xray/store/search.ts';
import { DURATION_EDGES } from '../../../../local/xray/durations.ts';
import type { TraceSummary } from '../../../../local/xray/trace.ts';
import { TraceStore } from '../../../../local/xray/trace-store.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { embedded, entityId, segment, subsegment, traceId } from '../fixtures.ts';

const NAMES = ['shop', 'shop-api', 'café', 'pay "now"', 'orders'];
const TEXTS = [
  '',
  'a',
  'ab',
  'ba',
  'é',
  '%',
  '_',
  'a\u0000b',
  '1',
  'true',
  "it's",
  'https://shop/orders?x=1',
];
const NUMBERS = [0, 1, -1, 0.1, 2.5, 200, 404, 429, 503, 1e21, -0];

const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
const annotations = fc.dictionary(
  fc.constantFrom('age', 'plan', 'paid', 'aws.name', 'CorrelationId'),
  fc.oneof(text, number, fc.boolean()),
);
const flags = fc.constantFrom(
  {},
  { fault: true },
  { error: true },
  { error: true, throttle: true },
  { fault: false },
);

/** A trace with a few segments and calls, whose times, names and values are often the same. */
const documents: fc.Arbitrary<readonly Omit<Segment, 'trace_id'>[]> = fc
  .array(
    fc.record({
      name,
      start_time: fc.integer({ min: 1, max: 6 }),
      lasts: fc.constantFrom(0, 0.5, 1, 2, undefined),
      flags,
      annotations,
      user: fc.option(text, { nil: undefined }),
      origin: fc.constantFrom(undefined, 'AWS::Lambda::Function', 'AWS::EC2::Instance'),
      status: fc.constantFrom(undefined, 200, 404, 429, 503),
      url: fc.option(text, { nil: undefined }),
      called: fc.option(name, { nil: undefined }),
      below: fc.constantFrom(undefined, 1, 9),
      thrown: fc.constantFrom(
        undefined,
        { type: 'TypeError', message: 'a' },
        { type: 'b' },
        { message: 'ab' },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) =>
    parts.map((part, index) => ({
      id: entityId(index + 1),
      name: part.name,
      start_time: part.start_time,
      ...(part.lasts === undefined ? { in_progress: true } : { end_time: part.start_time + part.lasts }),
      ...part.flags,
      ...(part.thrown !== undefined && {
        cause: { exceptions: [{ id: entityId(index + 50), ...part.thrown }] },
      }),
      annotations: part.annotations,
      ...(part.user !== undefined && { user: part.user }),
      ...(part.origin !== undefined && { origin: part.origin }),
      ...(part.below !== undefined && index > 0 && { parent_id: entityId(part.below) }),
      http: {
        request: { ...(part.url !== undefined && { url: part.url, method: 'GET' }) },
        response: { ...(part.status !== undefined && { status: part.status }) },
      },
      ...(part.called !== undefined && {
        subsegments: [
          embedded(index + 20, { name: part.called, namespace: 'remote', start_time: part.start_time }),
        ],
      }),
    })),
  );

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
const comparable = fc.oneof(text.map(quoted), number.map(String), fc.boolean().map(String));
const condition = fc.oneof(
  fc.constantFrom('ok', 'error', 'throttle', 'fault', 'partial', 'inferred', 'coldstart'),
  fc
    .tuple(
      fc.constantFrom('duration', 'responsetime', 'http.status'),
      fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      number,
    )
    .map(([field, operator, value]) => `${field} ${operator} ${value}`),
  fc
    .tuple(
      fc.constantFrom('user', 'http.url', 'http.method', 'correlationid'),
      fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'),
      text,
    )
    .map(([field, operator, value]) => `${field} ${operator} ${quoted(value)}`),
  fc
    .tuple(fc.constantFrom('age', 'plan', 'paid', 'aws.name', 'none'), fc.constantFrom('=', '!='), comparable)
    .map(([key, operator, value]) => `annotation[${key}] ${operator} ${value}`),
  fc
    .tuple(fc.constantFrom('age', 'plan'), fc.constantFrom('<', '<=', '>', '>='), number)
    .map(([key, operator, value]) => `annotation[${key}] ${operator} ${value}`),
  fc
    .tuple(fc.constantFrom('age', 'plan'), fc.constantFrom('CONTAINS', 'BEGINSWITH', 'ENDSWITH'), text)
    .map(([key, operator, value]) => `annotation[${key}] ${operator} ${quoted(value)}`),
  fc.constantFrom('annotation.age', 'annotation.paid', 'annotation.none', 'user', 'http.url'),
  name.map((value) => `service(${quoted(value)})`),
  fc
    .tuple(
      name,
      fc.constantFrom('fault', 'ok', 'root', 'inferred = true', 'error AND duration > 1', 'user = "a"'),
    )
    .map(([value, filter]) => `service(${quoted(value)}) { ${filter} }`),
  fc.constant('service(id(type: "AWS::Lambda::Function")) { error }'),
  fc.tuple(name, name).map(([from, to]) => `edge(${quoted(from)}, ${quoted(to)})`),
  fc
    .tuple(
      fc.constantFrom('fault', 'error', 'responsetime'),
      fc.constantFrom('service', 'entity'),
      fc.constantFrom(
        '',
        ' { name = "shop" }',
        ' { !(name = "shop") and last }',
        ' { index > 0 or name CONTAINS "c" }',
      ),
    )
    .map(([kind, part, inner]) => `rootcause.${kind}.${part}${inner}`),
  fc.constantFrom(
    'rootcause.fault.service { inferred }',
    'rootcause.error.service { type BEGINSWITH "AWS::" and first }',
    'rootcause.responsetime.entity { coverage < 1 and coverage >= 0.5 and !remote }',
    'rootcause.responsetime.entity { remote }',
    'rootcause.fault.exception',
    'rootcause.fault.exception { name = "TypeError" or message ENDSWITH "b" }',
    'rootcause.error.exception { !message }',
    'rootcause.json = #[{"Services":[{"Name":"shop","Type":null},{"Inferred":true}]}]',
    'rootcause.json = #[{"ClientImpacting":true,"Services":[{"EntityPath":[{"Name":"shop"},{"Remote":true}]},{}]}]',
    'rootcause.json = #[{"Services":[{"EntityPath":[{"Exceptions":[{"Name":"TypeError"}]}]}]},{"Services":[{}]}]',
    'rootcause.json != #[{"Services":[{"Name":"shop"}]}]',
    'rootcause.json = #[]',
  ),
  fc.constantFrom('group.name = "slow"', 'group.name = "none"'),
);
const filter: fc.Arbitrary<string> = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    condition,
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one}) AND (${other})`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one}) OR (${other})`),
    tie('expression').map((one) => `!(${one})`),
  ),
})).expression;

const groups: NonNullable<TraceSearch['groups']> = (group) =>
  group === 'slow' ? parseFilter('duration >= 1') : undefined;

function storeOf(traces: readonly (readonly Omit<Segment, 'trace_id'>[])[]): TraceStore {
  const store = new TraceStore();
  for (const [index, parts] of traces.entries()) {
    for (const part of parts) store.put({ ...part, trace_id: traceId(index) });
  }
  return store;
}

function idsOf({ traces }: { readonly traces: readonly TraceSummary[] }): string[] {
  return traces.map(({ id }) => id);
}

/** Every page of a search, one after the other. */
function pagesOf(store: TraceStore, search: TraceSearch): string[][] {
  const pages: string[][] = [];
  for (let cursor: string | undefined; ;) {
    const page = store.search({ ...search, ...(cursor !== undefined && { cursor }) });
    pages.push(idsOf(page));
    if (page.cursor === undefined) return pages;
    ({ cursor } = page);
  }
}

/** The time in the ids of the fixtures. */
const BEGIN = 0x5f84c7a1;

describe('searching the store', () => {
  it('finds what the filter matches, in any order and any size of pages', () => {
    fc.assert(
      fc.property(
        fc.array(documents, { maxLength: 8 }),
        filter,
        fc.constantFrom('start', 'duration', 'status'),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (traces, expression, sort, isAscending, limit) => {
          const store = storeOf(traces);
          const parsed = parseFilter(expression);
          const matching = store.list(Infinity).filter((summary) => {
            const trace = store.get(summary.id);
            return trace !== undefined && matchesFilter(parsed, { trace, summary, groups });
          });
          const worst = ['ok', 'in_progress', 'error', 'throttle', 'fault'];
          const rank = (summary: TraceSummary): number =>
            ({ start: 0, duration: summary.duration, status: worst.indexOf(summary.status) })[sort];
          const later = (one: TraceSummary, other: TraceSummary): number =>
            sort === 'duration' ? 0 : other.startTime - one.startTime;
          const expected = matching.toSorted(
            (one, other) => rank(other) - rank(one) || later(one, other) || (one.id < other.id ? -1 : 1),
          );
          if (isAscending) expected.reverse();
          const order = isAscending ? (`${sort}-asc` as const) : sort;
          const pages = pagesOf(store, { filter: parsed, groups, sort: order, limit });
          expect(pages.flat()).toEqual(expected.map(({ id }) => id));
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
          store.close();
        },
      ),
      runs(400),
    );
  });

  it.each(['00000000', '54d03e19', 'ffffffff'])(
    'takes the begin of a trace for the time in its id when that is random: %s',
    (digits) => {
      const store = new TraceStore();
      const times = { start_time: BEGIN, end_time: BEGIN + 1 };
      store.put(segment(1, { trace_id: `1-${digits}-000000000000000000000001`, ...times }));
      expect(store.count({ from: BEGIN - 1, to: BEGIN + 1, timeRange: 'TraceId' })).toBe(1);
    },
  );

  it('counts what the filter matches by status and by duration, and searches and draws among given ids', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(documents, { maxLength: 8 }),
        filter,
        fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]),
        async (traces, expression, numbers) => {
          const store = storeOf(traces);
          const asked = { filter: parseFilter(expression), groups };
          const found = store.search(asked).traces;
          const { bins, isComplete } = store.durations(asked);
          const counted = bins.flatMap(({ index, counts }) =>
            Object.entries(counts).map(([status, count]) => [index, status, count]),
          );
          const expected = Map.groupBy(found, ({ duration, status }) => {
            const index = DURATION_EDGES.filter((edge) => duration >= edge).length;
            return JSON.stringify([index, status]);
          });
          expect(isComplete).toBe(true);
          expect(new Set(counted.map((each) => JSON.stringify(each)))).toEqual(
            new Set(Array.from(expected, ([key, { length }]) => `${key.slice(0, -1)},${length}]`)),
          );
          const ids = numbers.map(traceId);
          const among = found.map(({ id }) => id).filter((id) => ids.includes(id));
          expect(idsOf(store.search({ ...asked, ids }))).toEqual(among);
          expect(await store.graph({ ...asked, ids })).toEqual(await store.graphOf(among));
          expect(await store.graph({ ids })).toEqual(await store.graphOf(ids));
          store.close();
        },
      ),
      runs(200),
    );
  });

  it.each([
    ['the time in the id', 'TraceId', BEGIN, BEGIN + 1, [1, 2, 3]],
    [
      'the second of the id, also when the range begins within it',
      'TraceId',
      BEGIN + 0.4,
      BEGIN + 1,
      [1, 2, 3],
    ],
    ['not the end of the range', 'TraceId', BEGIN - 1, BEGIN, []],
    ['any moment of the trace', 'Event', BEGIN + 2.5, BEGIN + 2.6, [2, 3]],
    ['its last moment', 'Event', BEGIN + 3, BEGIN + 4, [3, 2]],
    ['the end of a segment', 'Service', BEGIN + 2, BEGIN + 2.5, [1]],
    ['not a moment at which no segment ends', 'Service', BEGIN + 2.5, BEGIN + 2.6, []],
  ] as const)('takes %s for the range', (_what, timeRange, from, to, expected) => {
    const store = new TraceStore();
    for (const number of [1, 2, 3]) {
      const times = { start_time: BEGIN + number, end_time: BEGIN + 1 + number };
      store.put(segment(number, { trace_id: traceId(number), ...times }));
    }
    store.put(segment(3, { trace_id: traceId(3), start_time: BEGIN + 2.5, end_time: BEGIN + 4 }));
    const found = idsOf(store.search({ from, to, timeRange }));
    expect(found.toSorted()).toEqual(expected.map(traceId).toSorted());
    expect(store.count({ from, to, timeRange })).toBe(expected.length);
  });

  it.each([
    'rootcause.fault.exception { message = "rare" }',
    'rootcause.fault.service { name = "shop" and first }',
    'rootcause.responsetime.entity { name = "bank" and coverage > 0.8 and coverage < 0.85 }',
    'rootcause.json = #[{"ClientImpacting":true,"Services":[{"Name":"shop","EntityPath":[{"Name":"shop"},{"Exceptions":[{"Message":"rare"}]}]},{}]}]',
    '!rootcause.responsetime.service { last and name = "shop" }',
  ])('finds in one answer, among more than are looked at for one, %s', (expression) => {
    const store = new TraceStore();
    for (let number = 0; number < 2500; number += 1) {
      const isRare = number === 3;
      const times = { start_time: 1000 + number, end_time: 1001 + number };
      const bank = embedded(2, {
        name: 'bank',
        namespace: 'remote',
        ...times,
        ...(isRare && { fault: true, cause: { exceptions: [{ id: entityId(8), message: 'rare' }] } }),
        end_time: times.start_time + (isRare ? 0.82 : 0.4),
      });
      store.put(
        segment(1, {
          name: 'shop',
          trace_id: traceId(number),
          ...times,
          ...(isRare && { fault: true }),
          subsegments: [bank],
        }),
      );
    }
    const { traces, cursor } = store.search({ filter: parseFilter(expression), limit: 10 });
    expect([traces.map(({ id }) => id), cursor]).toEqual([[traceId(3)], undefined]);
    expect(JSON.stringify([store.known(), store.known('rare')])).not.toContain('rootcause');
    store.close();
  });

  it('goes on where it was while new traces arrive, without one twice or one left out', () => {
    const store = new TraceStore();
    const put = (number: number): boolean =>
      store.put(segment(number, { trace_id: traceId(number), annotations: { number } }));
    for (let number = 100; number < 120; number += 1) put(number);
    const seen: string[] = [];
    for (let cursor: string | undefined, next = 0; ;) {
      const page = store.search({ limit: 3, ...(cursor !== undefined && { cursor }) });
      seen.push(...idsOf(page));
      // Some are older than what has been seen, some newer.
      for (const number of [50 + next, 200 + next]) put(number);
      next += 1;
      if (page.cursor === undefined) break;
      ({ cursor } = page);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => traceId(119 - index)));
  });

  it.each([
    ['nonsense', 'x'],
    ['nothing', Buffer.from('[]').toString('base64url')],
    ['a place of another shape', Buffer.from('[[1],2,"q"]').toString('base64url')],
    ['a place that holds what is no value', Buffer.from('[[{},null],2,"q"]').toString('base64url')],
  ])('refuses a cursor that is %s', (_what, cursor) => {
    expect(() => new TraceStore().search({ cursor })).toThrow(CursorError);
  });

  it('refuses the cursor of another question', () => {
    const store = new TraceStore();
    for (const number of [1, 2, 3]) store.put(segment(number, { trace_id: traceId(number) }));
    const { cursor = '' } = store.search({ limit: 1 });
    expect(idsOf(store.search({ limit: 5, cursor }))).toHaveLength(2);
    expect(() => store.search({ cursor, filter: parseFilter('ok') })).toThrow(/another question/);
    expect(() => store.search({ cursor, from: 1 })).toThrow(/another question/);
    expect(() => store.search({ cursor, sort: 'status' })).toThrow(CursorError);
  });

  it('answers in parts when indexes do not know and few match, and finds all', () => {
    const store = new TraceStore();
    const call = { namespace: 'remote', name: 'bank' } as const;
    for (let number = 0; number < 4500; number += 1) {
      const isIt = number % 1500 === 0;
      store.put(
        segment(1, {
          trace_id: traceId(number),
          name: 'shop',
          subsegments: [
            embedded(2, { ...call, fault: isIt }),
            embedded(3, { ...call, fault: !isIt, name: 'post' }),
          ],
        }),
      );
    }
    const filter = parseFilter('edge("shop", "bank") { fault }');
    const first = store.search({ filter });
    expect(first.cursor).toBeDefined();
    expect(pagesOf(store, { filter }).flat()).toEqual([0, 1500, 3000].map(traceId));
  });

  it('takes long rows and deep nests of conditions', () => {
    const store = new TraceStore();
    store.put(segment(1, { annotations: { age: 1234 } }));
    const row = (word: string): string =>
      Array.from({ length: 3000 }, (_, index) => `annotation.age = ${index}`).join(` ${word} `);
    const nest = `${'!('.repeat(150)}annotation.age = 1234${')'.repeat(150)}`;
    expect(store.search({ filter: parseFilter(row('OR')) }).traces).toHaveLength(1);
    expect(store.search({ filter: parseFilter(row('AND')) }).traces).toHaveLength(0);
    expect(store.search({ filter: parseFilter(nest) }).traces).toHaveLength(1);
    const durations = Array.from({ length: 40_000 }, (_, index) => `duration > ${index}`);
    expect(store.search({ filter: parseFilter(durations.join(' OR ')) }).traces).toHaveLength(1);
    expect(store.search({ filter: parseFilter(durations.join(' AND ')) }).traces).toHaveLength(0);
  });

  it('knows what changed since: new documents, other values, traces that are gone', () => {
    const store = new TraceStore({ maxTraces: 2 });
    const filter = parseFilter('annotation.state = "new"');
    const put = (number: number, state: string): boolean =>
      store.put(segment(number, { trace_id: traceId(number), annotations: { state } }));
    put(1, 'new');
    put(2, 'old');
    expect(idsOf(store.search({ filter }))).toEqual([traceId(1)]);
    put(2, 'new');
    put(1, 'old');
    expect(idsOf(store.search({ filter }))).toEqual([traceId(2)]);
    put(3, 'new');
    put(4, 'new');
    expect(idsOf(store.search({ filter }))).toEqual([traceId(4), traceId(3)]);
    store.clear();
    expect(store.search({ filter }).traces).toEqual([]);
    put(5, 'new');
    expect(idsOf(store.search({ filter }))).toEqual([traceId(5)]);
  });
});

describe('what is known to a store', () => {
  it('are services, texts and annotations with the newest of their values', () => {
    const store = new TraceStore();
    const documents: SegmentDocument[] = [
      segment(1, { name: 'shop', user: 'ana', annotations: { plan: 'free', paid: true, age: 3 } }),
      segment(2, { trace_id: traceId(2), name: 'bank', annotations: { plan: 'gold', paid: 'later' } }),
      subsegment(3, 1, { name: 'post.example', namespace: 'remote' }),
    ];
    for (const document of documents) store.put(document);
    const { services, texts, annotations } = store.known();
    expect(services).toEqual(['bank', 'post.example', 'shop']);
    expect(texts).toEqual([{ keyword: 'user', values: ['ana'] }]);
    const valuesOf = Object.fromEntries(annotations.map(({ key, values }) => [key, new Set(values)]));
    expect(valuesOf).toEqual({
      plan: new Set(['free', 'gold']),
      paid: new Set([true, 'later']),
      age: new Set([3]),
    });
  });

  it('are a hundred values of one key, the newest', () => {
    const store = new TraceStore();
    for (let number = 0; number < 150; number += 1) {
      store.put(segment(1, { trace_id: traceId(number), annotations: { order: `o-${number}` } }));
    }
    const [order] = store.known().annotations;
    expect(order?.values).toHaveLength(100);
    expect(order?.values).toContain('o-149');
    expect(order?.values).not.toContain('o-1');
  });

  it('are the newest of each key, in that order, however many values it has', () => {
    const store = new TraceStore();
    const counts = { plan: 3, rare: 101, order: 499, basket: 501, item: 1200 };
    for (let number = 0; number < 1200; number += 1) {
      const annotations = Object.fromEntries(
        Object.entries(counts)
          .filter(([, count]) => number < count)
          .map(([key]) => [key, `${key}-${number}`]),
      );
      store.put(segment(1, { trace_id: traceId(number), annotations }));
    }
    const known = Object.fromEntries(store.known().annotations.map(({ key, values }) => [key, values]));
    for (const [key, count] of Object.entries(counts)) {
      const newest = Array.from({ length: Math.min(100, count) }, (_, at) => `${key}-${count - 1 - at}`);
      expect(known[key]).toEqual(newest);
    }
    const [found] = store.known('basket-50').annotations;
    expect(found).toEqual({ key: 'basket', values: ['basket-500', 'basket-50'] });
  });
});
