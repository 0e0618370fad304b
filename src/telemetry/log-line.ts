import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { getCorrelationId } from '../propagation/correlation.ts';
import { count } from '../redaction/texts/labels.ts';
import { isEnvelope, decodeEnvelope } from '../redaction/walk/envelope.ts';
import { define, firstNames, read } from '../redaction/walk/members.ts';
import { resolvePolicy } from '../redaction/policy/resolve-policy.ts';
import type { RedactionBudget, RedactionPolicy, Redactor } from '../redaction/redact.ts';
import { createRedactor } from '../redaction/redact.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { createTextGuard } from '../redaction/text-guard.ts';
import { describeError } from './describe-error.ts';
import { LogValue } from './log-value.ts';

/**
 * Longest log line that Lambda hands to CloudWatch Logs in one piece, in bytes: 256 KiB less the 26 bytes that
 * CloudWatch counts for every event. CloudWatch takes events of 1 MB since April 2025 (Amazon CloudWatch Logs API,
 * "PutLogEvents"); lines from functions were seen to be cut at the old size, and half a line is no JSON.
 */
export const MAX_LOG_LINE_BYTES = 262_118;

/** Of these, bytes for what is not a key of the caller's: Powertools' own fields, and a message that is all escapes. */
const BYTES_BESIDE_KEYS = 65_510;

/** A log line is read by people: longer strings than in a trace. */
const STRING_LENGTH = 4096;

/** Characters of a body that are looked at. */
const BODY_LENGTH = 65_536;

/** Members of an event or a response; those of AWS have some twenty. */
const MOST_MEMBERS = 1000;

/** Nested objects of a log line that are shown; what Powertools writes has no end. */
const DEPTH = 60;

/** Under this name stands a `correlation_id` of the caller's, beside the real one. */
const LOGGED_ID = 'logged_correlation_id';

/** A line: the fields that are Powertools' own and ours, and the keys of the caller, which are added to them. */
export interface LogLine {
  readonly own: LogAttributes;
  readonly keys: LogAttributes;
}

/**
 * Makes log lines, by a policy. This is all of {@link RedactingLogFormatter} but Powertools' class: the two are loaded apart.
 */
export class LogLines {
  readonly #redact: Redactor;
  readonly #texts: TextGuard;
  readonly #showsValues: boolean;
  readonly #budget: Required<RedactionBudget>;

  /** @throws TypeError when the policy has an unknown or wrong option. */
  constructor(policy: RedactionPolicy = {}) {
    const ofLogs: RedactionPolicy = {
      mode: 'values',
      ...policy,
      budget: {
        bytes: MAX_LOG_LINE_BYTES - BYTES_BESIDE_KEYS,
        stringLength: STRING_LENGTH,
        depth: DEPTH,
        // As many as there is room for: Powertools writes them all.
        items: Infinity,
        keys: Infinity,
        ...policy.budget,
      },
    };
    const { mode, budget } = resolvePolicy(ofLogs);
    this.#showsValues = mode === 'values';
    this.#budget = budget;
    this.#redact = createRedactor(ofLogs);
    this.#texts = createTextGuard(ofLogs, policy.messages ?? 'values');
  }

  /** @param timestamp that of the line, in the form in which it is shown. */
  line(attributes: UnformattedAttributes, additional: LogAttributes, timestamp: string): LogLine {
    const { lambdaContext } = attributes;
    const correlationId = getCorrelationId();
    return {
      own: {
        level: attributes.logLevel,
        message: this.#message(attributes.message),
        timestamp,
        service: attributes.serviceName,
        correlation_id: correlationId && this.#texts.named('correlation_id', correlationId),
        cold_start: lambdaContext?.coldStart,
        function_arn: lambdaContext?.invokedFunctionArn,
        function_memory_size: lambdaContext?.memoryLimitInMB,
        function_name: lambdaContext?.functionName,
        function_request_id: lambdaContext?.awsRequestId,
        sampling_rate: attributes.sampleRateValue,
        xray_trace_id: attributes.xRayTraceId,
        tenant_id: lambdaContext?.tenantId,
      },
      keys: this.#keys(beside(correlationId, additional)),
    };
  }

  /** An event as it may be shown, for a logger that masks nothing itself. */
  event(event: unknown): unknown {
    return this.#keys({ event }).event;
  }

  /** A message is a string by its type, and whatever a caller without types gives. */
  #message(message: unknown): unknown {
    return typeof message === 'string' ? this.#texts.message(message) : this.#keys({ message }).message;
  }

  #keys(additional: LogAttributes): LogAttributes {
    if (Object.keys(additional).length === 0) return additional;
    const value = new LogValue(
      (error, most) => describeError(error, this.#texts, most),
      this.#budget.bytes,
      this.#budget.depth + 1,
    );
    const fields: LogAttributes = value.readMembers(additional);
    const prepared: Record<string, unknown> = {};
    for (const [name, each] of Object.entries(fields)) define(prepared, name, this.#withEnvelope(each));
    const shown = this.#redact(prepared);
    if (typeof shown !== 'object' || shown === null) {
      // Nothing is shown where the mode is off; a text says why nothing could be.
      const given = Object.values(fields).filter((each) => each !== undefined);
      return { '…': typeof shown === 'string' ? shown : count(given.length, 'key') };
    }
    if (!this.#showsValues) return shown as LogAttributes;
    return withNothings(value.settle(fields, shown) as LogAttributes, additional);
  }

  /** What is known about an event or a response is put to use before the policy treats it. */
  #withEnvelope(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || !isEnvelope(value)) return value;
    // What has more members is no event or response; redaction counts what it leaves out.
    if (firstNames(value, MOST_MEMBERS).total > MOST_MEMBERS) return value;
    return decodeEnvelope(value as Readonly<Record<string, unknown>>, {
      length: BODY_LENGTH,
      keys: Math.min(this.#budget.keys, this.#budget.bytes),
      showsValues: this.#showsValues,
      isRoot: true,
    });
  }
}

/** What the caller logs as the correlation id stands beside that of the scope, which is the one to be found by. */
function beside(correlationId: string | undefined, additional: LogAttributes): LogAttributes {
  if (correlationId === undefined || additional.correlation_id === undefined) return additional;
  const { correlation_id: logged, ...others } = additional;
  return logged === correlationId || Object.hasOwn(others, LOGGED_ID)
    ? others
    : { ...others, [LOGGED_ID]: logged };
}

/**
 * Powertools leaves keys out that are `null` or empty, and so an object that JSON makes that of must still be an object there:
 * an invalid date, or what has a `toJSON` that says so.
 */
function withNothings(keys: LogAttributes, additional: LogAttributes): LogAttributes {
  for (const [name, value] of Object.entries(keys)) {
    if (value !== null && value !== '') continue;
    if (typeof read(additional, name) === 'object' && read(additional, name) !== null) {
      define(keys, name, { toJSON: () => value });
    }
  }
  return keys;
}
