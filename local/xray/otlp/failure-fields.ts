import { present } from '../../json.ts';
import type { Cause, Entity, ExceptionData } from '../document.ts';
import { Attributes } from './attributes.ts';
import { isAwsCall } from './aws-fields.ts';
import type { Span, Span_Event } from './definitions/opentelemetry/proto/trace/v1/trace_pb.ts';
import { Span_SpanKind, Status_StatusCode } from './definitions/opentelemetry/proto/trace/v1/trace_pb.ts';
import { derivedId } from './span-ids.ts';
import { parseStackTrace } from './stack-frames.ts';

/** What the AWS SDKs' instrumentations record of each attempt that failed. */
const FAILED_ATTEMPT = 'HTTP request failure';

/** More is a loop; the first ones say what went wrong. */
const MAX_EXCEPTIONS = 50;

type FailureFields = Pick<Entity, 'cause' | 'error' | 'fault' | 'throttle'>;

/**
 * Whether it failed, whose fault that was, and why. The HTTP status decides where there is one, because some spans of
 * HTTP have no status of their own; what else failed is a fault.
 */
export function failureFields(
  span: Span,
  { id, httpStatus, language }: { id: string; httpStatus: number | undefined; language: string | undefined },
  attributes: Attributes,
): FailureFields {
  const hasFailed = span.status?.code === Status_StatusCode.ERROR;
  const exceptions = exceptionsOf(span, id, language, attributes);
  if (exceptions.length === 0 && hasFailed) {
    const message = span.status?.message || attributes.text('http.status_text');
    const type = attributes.text('error.type');
    if (message !== undefined)
      exceptions.push(present<ExceptionData>({ id: derivedId(id, 'status'), message, type }));
  }
  return {
    ...flags(httpStatus, hasFailed),
    ...(exceptions.length > 0 && { cause: { exceptions } satisfies Cause }),
  };
}

function flags(status: number | undefined, hasFailed: boolean): FailureFields {
  if (status === undefined || status < 400 || status > 599) return hasFailed ? { fault: true } : {};
  if (status >= 500) return { fault: true };
  return status === 429 ? { error: true, throttle: true } : { error: true };
}

/** The events that `failureFields` tells; all others are left for metadata. */
export function isFailure({ name }: Span_Event, attributes: Attributes): boolean {
  return name === 'exception' || (name === FAILED_ATTEMPT && isAwsCall(attributes));
}

function exceptionsOf(
  span: Span,
  id: string,
  language: string | undefined,
  attributes: Attributes,
): ExceptionData[] {
  const remote = span.kind === Span_SpanKind.CLIENT || span.kind === Span_SpanKind.PRODUCER;
  return span.events
    .filter((event) => isFailure(event, attributes))
    .slice(0, MAX_EXCEPTIONS)
    .flatMap((event, index) => {
      const recorded = new Attributes(event.attributes);
      const name = `event ${index}`;
      return event.name === FAILED_ATTEMPT
        ? [failedAttempt(event, recorded, derivedId(id, name))]
        : thrown(recorded, { remote, language, idOf: (place) => derivedId(id, `${name} ${place}`) });
    });
}

function failedAttempt({ timeUnixNano }: Span_Event, recorded: Attributes, id: string): ExceptionData {
  const seconds = (Number(timeUnixNano / 1000n) / 1e6).toFixed(6);
  const status = recorded.count('http.response.status_code') ?? '';
  const message = `${status}@${seconds}@${recorded.peek('aws.http.error_message') ?? ''}`;
  return { id, message, type: 'aws.http.error.event', remote: true };
}

/** What was recorded, followed by what caused it, where the stack trace tells of that. */
function thrown(
  recorded: Attributes,
  {
    remote,
    language,
    idOf,
  }: { remote: boolean; language: string | undefined; idOf: (place: number) => string },
): ExceptionData[] {
  const [own = {}, ...causes] = parseStackTrace(recorded.peek('exception.stacktrace') ?? '', language);
  const first = present<ExceptionData>({
    message: recorded.peek('exception.message') ?? own.message,
    type: recorded.peek('exception.type') ?? own.type,
    stack: own.stack,
    truncated: own.truncated,
  });
  return [first, ...causes].map((exception, place) => ({
    id: idOf(place),
    ...exception,
    ...(remote && { remote }),
    ...(place < causes.length && { cause: idOf(place + 1) }),
  }));
}
