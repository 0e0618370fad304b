/** What a member of a trace document or log line is of itself: an id or a time, by the form that it has there. */
type Form = (value: unknown) => boolean;

function is(pattern: RegExp): Form {
  return (value) => typeof value === 'string' && pattern.test(value);
}

const isNumber: Form = (value) => typeof value === 'number';
const isEntityId = is(/^[\da-f]{16}$/);
const isTraceId = is(/^1-[\da-f]{8}-[\da-f]{24}$/);
const isUuid = is(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i);
const isTime = is(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/);
const isText = is(/^/);

interface Kind {
  /** Whether an object is of this kind, by the members that each has and by the key that it stands under. */
  readonly test: (has: (...names: string[]) => boolean, key: string | undefined) => boolean;
  readonly own: Readonly<Record<string, Form>>;
}

const KINDS: readonly Kind[] = [
  {
    // A segment or subsegment: what it is called stands in the code.
    test: (has) => has('id', 'start_time'),
    own: {
      id: isEntityId,
      parent_id: isEntityId,
      cause: isEntityId,
      trace_id: isTraceId,
      start_time: isNumber,
      end_time: isNumber,
      name: isText,
    },
  },
  { test: (has) => has('id', 'type', 'stack'), own: { id: isEntityId, cause: isEntityId } },
  { test: (has) => has('path', 'line', 'label'), own: { line: isNumber } },
  { test: (_has, key) => key === 'link', own: { id: isEntityId, trace_id: isTraceId } },
  { test: (_has, key) => key === 'aws', own: { request_id: isUuid } },
  { test: (_has, key) => key === 'annotations', own: { CorrelationId: isUuid } },
  {
    test: (has) => has('level', 'message', 'timestamp'),
    own: {
      timestamp: isTime,
      xray_trace_id: isTraceId,
      function_request_id: isUuid,
      correlation_id: isUuid,
    },
  },
];

/**
 * Whether a member is what a trace document or log line has of itself, and nothing of a response. Only where such an object
 * holds it: elsewhere an `id` or a `timestamp` may be the response's.
 *
 * @param key under which the object stands.
 */
export function isOwnMember(owner: object, key: string | undefined, name: string, value: unknown): boolean {
  const has = (...names: string[]): boolean => names.every((each) => Object.hasOwn(owner, each));
  return KINDS.some(({ test, own }) => Object.hasOwn(own, name) && test(has, key) && own[name]?.(value));
}
