import { diag, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { EndedSpan } from '../../../src/opentelemetry/xray-udp/exporter.ts';
import { XRayUdpSpanExporter } from '../../../src/opentelemetry/xray-udp/exporter.ts';
import { XRayUdpSpanProcessor } from '../../../src/opentelemetry/xray-udp/span-processor.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { receiveSpans } from './udp-spans.ts';
import type { ReceivedSpan } from './udp-spans.ts';

const daemon = await receiveSpans();

function hex(length: number) {
  const digit = fc.integer({ min: 0, max: 15 }).map((value) => value.toString(16));
  return fc.array(digit, { minLength: length, maxLength: length }).map((digits) => digits.join(''));
}
const size = fc.constantFrom(0, 1, 30, 500, 10_000, 60_000, 200_000);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(fc.constantFrom('x', 'ü', '漢', '\u{1F600}'), size)
    .map(([unit, length]) => unit.repeat(length / 2)),
);
const value = fc.oneof(
  text,
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 40 }),
  fc.record({ deep: fc.array(fc.record({ of: text }), { maxLength: 3 }) }),
);
const attributes = fc.dictionary(fc.string({ minLength: 1, maxLength: 30 }), value, {
  maxKeys: 12,
  noNullPrototype: true,
}) as fc.Arbitrary<Attributes>;
const time = fc.tuple(fc.integer({ min: 1, max: 2_000_000_000 }), fc.integer({ min: 0, max: 999_999_999 }));

const resources = [{ attributes: { 'service.name': 'orders' } }, { attributes: { 'service.name': 'bank' } }];
const scopes = [{ name: 'lambda-lantern', version: '1.0.0' }, { name: 'undici' }];
const context = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(TraceFlags.NONE, TraceFlags.SAMPLED),
});

const span: fc.Arbitrary<EndedSpan> = fc
  .record({
    name: text,
    kind: fc.constantFrom(
      SpanKind.INTERNAL,
      SpanKind.SERVER,
      SpanKind.CLIENT,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
    ),
    context,
    parentSpanId: fc.option(hex(16), { nil: undefined }),
    startTime: time,
    endTime: time,
    status: fc.record({ code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.ERROR), message: text }),
    attributes,
    events: fc.array(fc.record({ name: fc.string(), time, attributes }), { maxLength: 4 }),
    links: fc.array(fc.record({ context, attributes }), { maxLength: 4 }),
    resource: fc.constantFrom(...resources),
    instrumentationScope: fc.constantFrom(...scopes),
  })
  .map(({ context: spanContext, ...rest }) => ({ ...rest, spanContext: () => spanContext }));

function bytesOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

function valueOf(any: NonNullable<ReceivedSpan['attributes'][number]['value']>): unknown {
  const { case: kind, value: given } = any.value;
  if (kind === 'arrayValue') return given.values.map(valueOf);
  if (kind === 'kvlistValue') return attributesOf(given.values);
  return kind === 'intValue' ? Number(given) : given;
}

function attributesOf(list: ReceivedSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value: any }) => [key, any && valueOf(any)]));
}

function nanoseconds([seconds, rest]: readonly [number, number]): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

describe('spans over UDP', () => {
  it('arrive whole, or cut and marked; each once, in datagrams that a socket takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(span, { maxLength: 30, selector: (of) => of.spanContext().spanId }),
        async (given) => {
          daemon.clear();
          const lost: Error[] = [];
          const exporter = new XRayUdpSpanExporter({ onLost: (reason) => lost.push(reason) });
          const result = await new Promise<{ code: number }>((resolve) => exporter.export(given, resolve));
          expect(result).toEqual({ code: 0 });
          const received = new Map((await daemon.until(given.length)).map((of) => [bytesOf(of.spanId), of]));
          expect(daemon.spans()).toHaveLength(given.length);
          expect(lost).toEqual([]);
          for (const one of given) {
            const { traceId, spanId, traceFlags } = one.spanContext();
            const got = received.get(spanId) as ReceivedSpan;
            const shown = attributesOf(got.attributes);
            expect([bytesOf(got.traceId), bytesOf(got.parentSpanId)]).toEqual([
              traceId,
              one.parentSpanId ?? '',
            ]);
            expect([got.kind, got.status?.code, got.flags]).toEqual([
              one.kind + 1,
              one.status.code,
              traceFlags,
            ]);
            expect([got.startTimeUnixNano, got.endTimeUnixNano]).toEqual([
              nanoseconds(one.startTime),
              nanoseconds(one.endTime),
            ]);
            if ('lantern.cut' in shown) continue;
            expect(got.name).toBe(one.name.toWellFormed());
            expect(shown).toEqual(JSON.parse(JSON.stringify(one.attributes)));
            expect(got.events.map((event) => event.name)).toEqual(one.events.map((event) => event.name));
            expect(got.links.map((link) => bytesOf(link.spanId))).toEqual(
              one.links.map((link) => link.context.spanId),
            );
          }
          for (const { bytes, prefix, request } of daemon.datagrams()) {
            expect(bytes).toBeLessThanOrEqual(65_507);
            const flags = request.resourceSpans[0]?.scopeSpans[0]?.spans.map(({ flags: of }) => of) ?? [];
            expect(new Set(flags)).toEqual(new Set([prefix === 'T1S' ? 1 : 0]));
          }
        },
      ),
      runs(60),
    );
  });

  it('are cut only where they must be: 30 kB of text in one attribute is whole', async () => {
    const long = 'x'.repeat(30_000);
    const [one] = fc.sample(span, { numRuns: 1, seed: 1 });
    const given = {
      ...one,
      name: 'long',
      attributes: { long },
      events: [],
      links: [],
      status: { code: 0 },
    } as EndedSpan;
    new XRayUdpSpanExporter().send([given]);
    const [got] = await daemon.until(1);
    expect(attributesOf(got?.attributes ?? [])).toEqual({ long });
  });

  it('share a datagram as long as they fit: a thousand small ones take fewer than ten', async () => {
    const small = Array.from({ length: 1000 }, (_, at): EndedSpan => ({
      name: `step ${at}`,
      kind: SpanKind.INTERNAL,
      spanContext: () => ({
        traceId: 'a'.repeat(32),
        spanId: (at + 1).toString(16).padStart(16, '0'),
        traceFlags: TraceFlags.SAMPLED,
      }),
      startTime: [1, 0],
      endTime: [2, 0],
      status: { code: 0 },
      attributes: { at },
      events: [],
      links: [],
      resource: resources[0] as EndedSpan['resource'],
      instrumentationScope: scopes[0],
    }));
    new XRayUdpSpanExporter().send(small);
    await daemon.until(1000);
    expect(daemon.datagrams().length).toBeLessThan(10);
  });

  const ordinary = (name: string): EndedSpan => ({
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => ({ traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), traceFlags: TraceFlags.SAMPLED }),
    startTime: [1, 0],
    endTime: [2, 0],
    status: { code: 0 },
    attributes: {},
    events: [],
    links: [],
    resource: resources[0] as EndedSpan['resource'],
    instrumentationScope: scopes[0],
  });

  // What `span.setStatus`, `addEvent`, `addLink` and `updateName` of the SDK let through from plain JavaScript.
  it.each<[string, Partial<Record<keyof EndedSpan, unknown>>, 'sent' | 'lost']>([
    ['a code of the status that is no number', { status: { code: 'ERROR' } }, 'sent'],
    ['a code of the status below zero', { status: { code: -1 } }, 'sent'],
    ['a code of the status that has no end', { status: { code: Infinity } }, 'sent'],
    ['a kind that is none', { kind: undefined }, 'sent'],
    ['a count of what it lost that is none', { droppedLinksCount: Number.NaN }, 'sent'],
    ['an event at no time', { events: [{ name: 'e', time: [Number.NaN, Number.NaN] }] }, 'sent'],
    ['an event in half a second', { events: [{ name: 'e', time: [1.5, 0.25] }] }, 'sent'],
    ['an end at no time', { endTime: [Infinity, 0] }, 'sent'],
    ['an end long before it began', { endTime: [-99_999_998_203_947_950, 423_227_051] }, 'sent'],
    ['a name that is none', { name: undefined }, 'lost'],
    ['an event without a name', { events: [{ name: undefined, time: [1, 0] }] }, 'lost'],
    ['a link to nothing', { links: [{ context: undefined }] }, 'lost'],
    ['a link to ids that are none', { links: [{ context: { traceId: 5, spanId: null } }] }, 'lost'],
    [
      'an attribute that throws',
      {
        attributes: {
          get broken() {
            throw new Error('broken');
          },
        },
      },
      'lost',
    ],
    [
      'ids that it will not tell',
      {
        spanContext: () => {
          throw new Error('none');
        },
      },
      'lost',
    ],
  ])('do not suffer from one among them that has %s', async (_what, odd, fate) => {
    const lost: string[] = [];
    const exporter = new XRayUdpSpanExporter({ onLost: ({ message }) => lost.push(message) });
    const spans = [ordinary('first'), { ...ordinary('odd'), ...odd } as EndedSpan, ordinary('last')];
    const result = await new Promise<{ code: number }>((resolve) => exporter.export(spans, resolve));
    expect(result).toEqual({ code: 0 });
    const names = (await daemon.until(fate === 'sent' ? 3 : 2)).map(({ name }) => name);
    expect(names).toEqual(fate === 'sent' ? ['first', 'odd', 'last'] : ['first', 'last']);
    expect(lost).toHaveLength(fate === 'sent' ? 0 : 1);
    if (fate === 'lost') expect(lost[0]).toContain('a span holds what cannot be written');
  });

  it('leave by a processor that was made with an exporter alone, whose failures are said and thrown at nobody', async () => {
    const said: string[] = [];
    const quiet = (): void => undefined;
    const logger = { warn: quiet, info: quiet, debug: quiet, verbose: quiet };
    diag.setLogger({ ...logger, error: (message) => said.push(message) });
    const before = process.env.AWS_XRAY_DAEMON_ADDRESS;
    try {
      const processor = new XRayUdpSpanProcessor(new XRayUdpSpanExporter());
      processor.onEnd(ordinary('sent'));
      await processor.forceFlush();
      expect((await daemon.until(1)).map(({ name }) => name)).toEqual(['sent']);

      process.env.AWS_XRAY_DAEMON_ADDRESS = 'nowhere';
      const unreachable = new XRayUdpSpanProcessor(new XRayUdpSpanExporter());
      unreachable.onEnd(ordinary('lost'));
      await unreachable.forceFlush();
      expect(said).toEqual([expect.stringContaining('AWS_XRAY_DAEMON_ADDRESS is expected to be host:port')]);
    } finally {
      process.env.AWS_XRAY_DAEMON_ADDRESS = before;
      diag.disable();
    }
  });

  it('that nobody can address are refused, and not thrown at anybody', async () => {
    const before = process.env.AWS_XRAY_DAEMON_ADDRESS;
    process.env.AWS_XRAY_DAEMON_ADDRESS = 'nowhere';
    const [one] = fc.sample(span, { numRuns: 1, seed: 1 });
    const result = await new Promise<{ code: number; error?: Error }>((resolve) =>
      new XRayUdpSpanExporter().export([one as EndedSpan], resolve),
    );
    process.env.AWS_XRAY_DAEMON_ADDRESS = before;
    expect(result.code).toBe(1);
    expect(result.error?.message).toContain('AWS_XRAY_DAEMON_ADDRESS is expected to be host:port');
  });
});
