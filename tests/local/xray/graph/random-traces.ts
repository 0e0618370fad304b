import { assembleTrace } from '../../../../local/xray/assemble.ts';
import type { Entity, Segment, Subsegment } from '../../../../local/xray/document.ts';
import type { Trace } from '../../../../local/xray/trace.ts';
import { fc } from '../../../helpers/fast-check.ts';
import { entityId, traceId } from '../fixtures.ts';

/** A random trace, as one of few services could have sent it: names come again, so that traces share nodes. */
export function traces(number: number): fc.Arbitrary<Trace> {
  return fc.array(step, { minLength: 1, maxLength: 9 }).map((steps) => build(traceId(number), steps));
}

interface Step {
  readonly parent: number;
  readonly kind: Kind;
  readonly flags: Pick<Entity, 'error' | 'throttle' | 'fault' | 'http'>;
  readonly start: number;
  readonly length: number | undefined;
  readonly annotations: Record<string, string | number | boolean>;
  readonly user: string | undefined;
  readonly links: readonly { readonly trace: number; readonly id: number | undefined }[];
}

/** Names are few on purpose. */
type Kind =
  | { readonly segment: string; readonly origin?: string; readonly account?: string }
  | { readonly subsegment: string; readonly fields: Partial<Subsegment> };

const kind: fc.Arbitrary<Kind> = fc.constantFrom<Kind>(
  { segment: 'api' },
  { segment: 'api', origin: 'AWS::ApiGateway::Stage', account: '1' },
  { segment: 'pay', origin: 'AWS::Lambda' },
  { segment: 'pay', origin: 'AWS::Lambda::Function' },
  { subsegment: 'work', fields: {} },
  { subsegment: 'DynamoDB', fields: { namespace: 'aws', aws: { table_name: 'orders' } } },
  { subsegment: 'DAX', fields: { namespace: 'aws', aws: { table_name: 'orders' } } },
  { subsegment: 'SQS', fields: { namespace: 'aws', aws: { queue_url: 'https://sqs/1/paid' } } },
  { subsegment: 'api.example.com', fields: { namespace: 'remote' } },
  { subsegment: 'traced.example.com', fields: { namespace: 'remote', traced: true } },
  { subsegment: 'db@host', fields: { namespace: 'remote', sql: {} } },
);

const step: fc.Arbitrary<Step> = fc.record({
  parent: fc.integer({ min: -1, max: 8 }),
  kind,
  flags: fc.constantFrom<Step['flags']>(
    {},
    {},
    { error: true },
    { fault: true },
    { error: true, throttle: true },
    { fault: true, error: true },
    { http: { request: { method: 'GET', url: '/a' }, response: { status: 500 } } },
    { http: { response: { status: 429 } } },
    { error: false, http: { response: { status: 404 } } },
  ),
  start: fc.integer({ min: 0, max: 400 }).map((tenths) => 1000 + tenths / 10),
  length: fc.option(fc.constantFrom(0, 0.0004, 0.25, 1.5, 70), { nil: undefined }),
  annotations: fc.constantFrom<Step['annotations']>(
    {},
    {},
    { age: 30 },
    { age: 'old', vip: true },
    { vip: false, CorrelationId: 'c-1' },
    { age: 7 },
  ),
  user: fc.option(fc.constantFrom('alice', 'bob'), { nil: undefined }),
  links: fc.array(fc.record({ trace: fc.nat(4), id: fc.option(fc.nat(8), { nil: undefined }) }), {
    maxLength: 2,
  }),
});

function build(id: string, steps: readonly Step[]): Trace {
  return assembleTrace(
    id,
    steps.map((each, index) => document(id, each, index)),
  );
}

/** Every entity travels alone: what hangs below what is left to the assembly. A parent may be missing, or a later one. */
function document(
  id: string,
  { parent, kind, flags, start, length, annotations, user, links }: Step,
  index: number,
): Segment | (Subsegment & { type: 'subsegment'; trace_id: string; parent_id: string }) {
  const entity = {
    id: entityId(index),
    start_time: start,
    ...(length === undefined ? { in_progress: true } : { end_time: start + length }),
    ...flags,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  if ('subsegment' in kind) {
    return {
      ...entity,
      ...kind.fields,
      name: kind.subsegment,
      type: 'subsegment',
      trace_id: id,
      parent_id: entityId(parent === -1 ? 99 : parent),
    };
  }
  return {
    ...entity,
    name: kind.segment,
    trace_id: id,
    ...(kind.origin !== undefined && { origin: kind.origin }),
    ...(kind.account !== undefined && { aws: { account_id: kind.account } }),
    ...(parent !== -1 && { parent_id: entityId(parent) }),
    ...(user !== undefined && { user }),
    ...(links.length > 0 && {
      links: links.map((link) => ({
        trace_id: traceId(link.trace),
        ...(link.id !== undefined && { id: entityId(link.id) }),
      })),
    }),
  };
}
