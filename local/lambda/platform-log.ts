/**
 * What the Lambda service itself writes to a function's log around each invocation: START, END and REPORT lines, or
 * `platform.start` and `platform.report` events when the log format is JSON ("Lambda Telemetry API Event schema
 * reference"). Pure. A message may hold line breaks: it is one log event.
 */
import type { FunctionDefinition } from '../template/service.ts';
import type { InvocationReport } from './invocation.ts';

/** What a REPORT tells beyond the report itself. */
export interface ReportDetails {
  readonly report: InvocationReport;
  /** Of the function's segment, when the Lambda service records the invocation. */
  readonly segmentId?: string;
  /** `_X_AMZN_TRACE_ID`. */
  readonly traceHeader: string;
  /** Of the error, unless it succeeded. */
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
}

/** How a function's log is to be written. */
export type LogSettings = Pick<FunctionDefinition, 'logFormat' | 'systemLogLevel' | 'arn'>;

/** @param time epoch milliseconds */
export function startMessages(
  { logFormat, systemLogLevel, arn }: LogSettings,
  time: number,
  requestId: string,
): string[] {
  if (logFormat === 'Text') return [`START RequestId: ${requestId} Version: $LATEST`];
  if (systemLogLevel === 'WARN') return [];
  return [platformEvent(time, 'platform.start', { requestId, functionArn: arn, version: '$LATEST' })];
}

/** @param time epoch milliseconds */
export function endMessages(
  { logFormat, systemLogLevel }: LogSettings,
  time: number,
  details: ReportDetails,
): string[] {
  const { requestId, status } = details.report;
  if (logFormat === 'Text')
    return [...lastWords(time, details), `END RequestId: ${requestId}`, textReport(details)];
  // A report of success is of the level INFO, any other of WARN ("System log level event mapping").
  if (systemLogLevel === 'WARN' && status === 'success') return [];
  return [platformEvent(time, 'platform.report', jsonReport(details))];
}

/** Why the service ended the invocation, when the function did not say it itself. */
function lastWords(time: number, { report, error }: ReportDetails): string[] {
  const { requestId, status } = report;
  if (error === undefined || status === 'success' || status === 'error') return [];
  if (status !== 'timeout') return [`${error.errorMessage}\n${error.errorType}`];
  const words = error.errorMessage.replace(/^.*? Error: /, '');
  return [`${new Date(time).toISOString()} ${requestId} ${words}`];
}

/** The fields of a REPORT line that every invocation has, and `Init Duration` of the first one. */
export function reportFields(report: InvocationReport): string[] {
  return [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.duration.toFixed(2)} ms`,
    `Billed Duration: ${report.billedDuration} ms`,
    `Memory Size: ${report.memorySize} MB`,
    `Max Memory Used: ${report.maxMemoryUsed} MB`,
    ...(report.initDuration === undefined ? [] : [`Init Duration: ${report.initDuration.toFixed(2)} ms`]),
  ];
}

function textReport({ report, segmentId, error }: ReportDetails): string {
  const fields = [...reportFields(report), ...endStatus(report.status, error?.errorType)];
  const tracing =
    segmentId === undefined
      ? []
      : [`XRAY TraceId: ${report.traceId}`, `SegmentId: ${segmentId}`, 'Sampled: true'];
  return [fields, tracing]
    .filter((line) => line.length > 0)
    .map((line) => line.map((field) => `${field}\t`).join(''))
    .join('\n');
}

function endStatus(status: InvocationReport['status'], errorType: string | undefined): string[] {
  if (status === 'success' || status === 'error') return [];
  if (status === 'timeout') return ['Status: timeout'];
  return ['Status: error', `Error Type: ${errorType ?? 'Unknown'}`];
}

function jsonReport({ report, segmentId, traceHeader, error }: ReportDetails): object {
  const failed = report.status !== 'success';
  return {
    requestId: report.requestId,
    metrics: {
      durationMs: report.duration,
      billedDurationMs: report.billedDuration,
      memorySizeMB: report.memorySize,
      maxMemoryUsedMB: report.maxMemoryUsed,
      ...(report.initDuration !== undefined && { initDurationMs: report.initDuration }),
    },
    ...(segmentId !== undefined && {
      tracing: { spanId: segmentId, type: 'X-Amzn-Trace-Id', value: traceHeader },
    }),
    status: failed ? (report.status === 'timeout' ? 'timeout' : 'error') : 'success',
    ...(failed && report.status !== 'timeout' && { errorType: error?.errorType ?? 'Unknown' }),
  };
}

function platformEvent(time: number, type: string, record: object): string {
  return JSON.stringify({ time: new Date(time).toISOString(), type, record });
}
