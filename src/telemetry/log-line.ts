import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { getCorrelationId } from '../propagation/correlation.ts';
import { count } from '../redaction/texts/labels.ts';
import { Members } from '../redaction/walk/described.ts';
import { define, firstMembers } from '../redaction/walk/members.ts';
import type { RedactionPolicy, Redactor } from '../redaction/redact.ts';
import { createRedactorWith } from '../redaction/redact.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { createTextGuard } from '../redaction/text-guard.ts';
import { describeError } from './describe-error.ts';

/**
 * Longest log line that Lambda hands to CloudWatch Logs in one piece, in bytes: 256 KiB less the 26 bytes that
 * CloudWatch counts for every event. CloudWatch takes events of 1 MB since April 2025 (Amazon CloudWatch Logs API,
 * "PutLogEvents"); lines from functions were seen to be cut at the old size, and half a line is no JSON.
 */
export const MAX_LOG_LINE_BYTES = 262_118;

/** Of these, bytes for what is not a key of the caller's: Powertools' own fields, and a message that is all escapes. */
const BYTES_BESIDE_KEYS = 65_510;

/** Keys that are read of one line; of more, the policy shows no more. */
const MOST_KEYS = 1000;

/** A log line is read by people: longer strings than in a trace. */
const STRING_LENGTH = 4096;

/**
 * Makes log lines, by a policy. This is all of {@link RedactingLogFormatter} but Powertools' class: the two are loaded apart.
 */
export class LogLines {
  readonly #redact: Redactor;
  readonly #texts: TextGuard;

  /** @throws TypeError when the policy has an unknown or wrong option. */
  constructor(policy: RedactionPolicy = {}) {
    const ofLogs: RedactionPolicy = {
      mode: 'values',
      ...policy,
      budget: {
        bytes: MAX_LOG_LINE_BYTES - BYTES_BESIDE_KEYS,
        stringLength: STRING_LENGTH,
        ...policy.budget,
      },
    };
    const texts = createTextGuard(ofLogs, policy.messages ?? 'values');
    this.#texts = texts;
    this.#redact = createRedactorWith(ofLogs, (error, most) => describeError(error, texts, most));
  }

  /** @param timestamp that of the line, in the form in which it is shown. */
  attributesOf(
    attributes: UnformattedAttributes,
    additional: LogAttributes,
    timestamp: string,
  ): LogAttributes {
    const { lambdaContext } = attributes;
    const correlationId = getCorrelationId();
    return {
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
      ...this.#keys(additional),
    };
  }

  /** An event as it may be shown, for a logger that masks nothing itself. */
  event(event: unknown): unknown {
    return this.#keys({ event }).event;
  }

  /** A message is a string by its type, and whatever a caller without types gives. */
  #message(message: unknown): string {
    if (typeof message === 'string') return this.#texts.message(message);
    const shown = this.#redact(message);
    return shown === undefined ? '' : JSON.stringify(shown);
  }

  #keys(additional: LogAttributes): LogAttributes {
    const { fields, total } = firstMembers(additional, MOST_KEYS);
    const names = Object.keys(fields);
    const defined = names.filter((name) => fields[name] !== undefined);
    const left = total - names.length;
    if (defined.length + left === 0) return {};
    const keys: Record<string, unknown> = {};
    for (const name of defined) define(keys, name, fields[name]);
    const shown = this.#redact(new Members(keys, defined.length + left));
    if (typeof shown === 'object' && shown !== null) return shown as LogAttributes;
    // Nothing is shown where the mode is off; a text says why nothing could be.
    return { '…': typeof shown === 'string' ? shown : count(defined.length + left, 'key') };
  }
}
