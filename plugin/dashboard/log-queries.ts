import { joinTexts } from '../alarms/console-links.ts';
import type { Expression, FunctionResource } from '../../local/template/index.ts';
import { LOG_GROUP_PREFIX } from '../../local/template/index.ts';

/** Where a function writes: its log group of the template, or the one that Lambda makes for it. */
export function logGroupOf(resource: FunctionResource): Expression {
  return resource.logGroup === undefined
    ? joinTexts(LOG_GROUP_PREFIX, resource.name)
    : { Ref: resource.logGroup };
}

/** Commands of Logs Insights for what went wrong, newest first: errors that were logged, and endings that Lambda reports. */
export function recentErrors({ logFormat }: FunctionResource): readonly string[] {
  return logFormat === 'JSON' ? [...JSON_ERRORS, ...NEWEST] : [...TEXT_ERRORS, ...NEWEST];
}

const JSON_ERRORS = [
  'fields @timestamp, coalesce(message, record.status) as what, coalesce(requestId, function_request_id, record.requestId) as request, correlation_id, xray_trace_id, @message',
  'filter level in ["ERROR", "FATAL"] or (type = "platform.report" and record.status != "success")',
];

const TEXT_ERRORS = [
  'fields @timestamp, @requestId, @message',
  'filter @message like /ERROR|Task timed out|Runtime exited|Runtime\\.ExitError/',
];

const NEWEST = ['sort @timestamp desc', 'limit 20'];

/**
 * Commands of Logs Insights that count the invocations of which X-Ray keeps a trace: Lambda says so in the report of each,
 * in either log format.
 */
export const TRACED_INVOCATIONS: readonly string[] = [
  'filter (type = "platform.report" and record.tracing.value like /Sampled=1/) or @message like /XRAY TraceId: .*Sampled: true/',
  'stats count(*) as traced by bin(1h)',
];
