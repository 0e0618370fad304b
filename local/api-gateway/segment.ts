import type { HttpData, Segment, Subsegment } from '../xray/document.ts';
import { arnOf } from '../template/arns.ts';
import type { ApiDefinition } from '../template/service.ts';
import type { TraceHeader } from '../xray/trace-header.ts';
import { formatTraceHeader, newEntityId, newTraceId, parseTraceHeader } from '../xray/trace-header.ts';
import { MAX_SEGMENT_STRING } from './limits.ts';
import { domainOf } from './proxy-event.ts';
import type { GatewayRequest } from './request.ts';
import { headerValue } from './request.ts';

/** How one request takes part in tracing. */
export interface RequestTrace {
  /** `X-Amzn-Trace-Id` for the function. */
  readonly header: string;
  readonly traceId: string;
  /** Set when the gateway records a segment of its own. */
  readonly segment?: SegmentIds;
}

export interface SegmentIds {
  readonly traceId: string;
  readonly id: string;
  /** The caller's entity; undefined when the trace begins here. */
  readonly parentId?: string;
  /** The call of the function: what its segment hangs under. */
  readonly lambdaId: string;
}

/** The call of the function, as its caller saw it. Times in epoch milliseconds. */
export interface LambdaCall {
  readonly functionName: string;
  readonly startedAt: number;
  /** Undefined while it runs. */
  readonly endedAt?: number;
  /** Undefined when no answer came. */
  readonly status?: number;
  readonly contentLength?: number;
  /** The function failed, though Lambda's answer was 200. */
  readonly failed?: boolean;
}

export interface SegmentInput {
  readonly ids: SegmentIds;
  readonly api: ApiDefinition;
  readonly region: string;
  readonly accountId: string;
  readonly request: GatewayRequest;
  /** Undefined when the request was refused before the function was called. */
  readonly call?: LambdaCall;
  /** Undefined while the request is in progress. */
  readonly end?: { readonly at: number; readonly status: number; readonly contentLength: number };
}

/**
 * Begins a trace, or continues the client's. With tracing on, a trace that is not decided yet is sampled, since
 * nobody pays for traces here; `Sampled=0` stays as it is. Without tracing only a missing `Root` is added.
 */
export function traceRequest(api: ApiDefinition, clientHeader: string | undefined): RequestTrace {
  const client = parseTraceHeader(clientHeader);
  const traceId = client.root ?? newTraceId();
  if (!api.tracing || client.sampled === '0') {
    const unchanged = client.root !== undefined && clientHeader !== undefined;
    const header = unchanged ? clientHeader : formatTraceHeader({ ...withoutParent(client), root: traceId });
    return { header, traceId };
  }
  const segment: SegmentIds = {
    traceId,
    id: newEntityId(),
    lambdaId: newEntityId(),
    ...(client.root !== undefined && client.parent !== undefined && { parentId: client.parent }),
  };
  const header = formatTraceHeader({
    root: traceId,
    parent: segment.lambdaId,
    sampled: '1',
    others: client.others,
  });
  return { header, traceId, segment };
}

/** `X-Amzn-Trace-Id` for the function of an authorizer: what it records hangs under the gateway, beside the call of the route. */
export function authorizerHeader({ header, traceId, segment }: RequestTrace): string {
  return segment === undefined
    ? header
    : formatTraceHeader({ root: traceId, parent: segment.id, sampled: '1', others: [] });
}

/** The segment that API Gateway itself records: in progress until it has an end, then complete. */
export function buildSegment(input: SegmentInput): Segment {
  const { ids, api, accountId, region, request, call, end } = input;
  return {
    id: ids.id,
    trace_id: ids.traceId,
    ...(ids.parentId !== undefined && { parent_id: ids.parentId }),
    name: `${api.name}/${api.stage}`,
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: `arn:aws:apigateway:${region}::/restapis/${api.id}/stages/${api.stage}`,
    start_time: request.receivedAt / 1000,
    ...(end === undefined ? { in_progress: true } : { end_time: end.at / 1000, ...flags(end.status) }),
    http: httpData(request, end),
    aws: {
      account_id: accountId,
      api_gateway: {
        account_id: accountId,
        rest_api_id: api.id,
        stage: api.stage,
        request_id: request.requestId,
      },
    },
    annotations: { 'aws:api_id': api.id, 'aws:api_stage': api.stage },
    metadata: {
      default: { request_id: request.requestId, extended_request_id: request.extendedRequestId },
    },
    ...(call !== undefined && { subsegments: [lambdaSubsegment(input, call)] }),
  };
}

function lambdaSubsegment({ ids, accountId, region }: SegmentInput, call: LambdaCall): Subsegment {
  const { functionName, endedAt, status, contentLength } = call;
  const arn = arnOf({ region, accountId }, 'lambda', `function:${functionName}`);
  const url = `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${arn}/invocations`;
  return {
    id: ids.lambdaId,
    name: 'Lambda',
    namespace: 'aws',
    start_time: call.startedAt / 1000,
    ...(endedAt === undefined ? { in_progress: true } : { end_time: endedAt / 1000 }),
    ...(status !== undefined && flags(status)),
    ...(call.failed === true && { fault: true }),
    http: {
      request: { method: 'POST', url: url.slice(0, MAX_SEGMENT_STRING) },
      ...(status !== undefined && {
        response: { status, ...(contentLength !== undefined && { content_length: contentLength }) },
      }),
    },
    aws: { function_name: functionName, region, operation: 'Invoke', resource_names: [functionName] },
  };
}

function httpData(request: GatewayRequest, end: SegmentInput['end']): HttpData {
  const userAgent = headerValue(request.headers, 'user-agent');
  return {
    request: {
      method: request.method,
      // Without the query string: it may hold personal data.
      url: `http://${domainOf(request).domainName}${request.rawPath}`.slice(0, MAX_SEGMENT_STRING),
      ...(userAgent !== undefined && { user_agent: userAgent.slice(0, MAX_SEGMENT_STRING) }),
      client_ip: request.sourceIp,
      x_forwarded_for: true,
    },
    ...(end !== undefined && { response: { status: end.status, content_length: end.contentLength } }),
  };
}

function flags(status: number): Pick<Segment, 'error' | 'throttle' | 'fault'> {
  if (status === 429) return { error: true, throttle: true };
  if (status >= 500) return { fault: true };
  return status >= 400 ? { error: true } : {};
}

/** What remains of a header without a usable `Root`: a parent without its trace leads nowhere. */
function withoutParent(header: TraceHeader): TraceHeader {
  return { ...(header.sampled !== undefined && { sampled: header.sampled }), others: header.others };
}
