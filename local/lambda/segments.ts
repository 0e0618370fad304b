/**
 * The two segments that the Lambda service sends to X-Ray for each recorded invocation, both with the function's
 * name: `AWS::Lambda` is the service that took the call, `AWS::Lambda::Function` is the function's environment.
 * Pure: the ids come with the recording, the times with the phases.
 */
import { fileURLToPath } from 'node:url';
import type { Cause, Segment, Subsegment, ExceptionData, StackFrame } from '../xray/document.ts';
import type { FunctionDefinition } from '../template/service.ts';
import type { FunctionError } from './function-error.ts';
import { MAX_SEGMENT_NAME, MAX_EXCEPTION_MESSAGE, MAX_STACK_FRAMES } from './limits.ts';
import type { Recording } from './trace-context.ts';

/** A stretch of time, in epoch seconds. `end` is missing while it goes on. */
export interface Phase {
  readonly start: number;
  readonly end?: number;
}

/** What happened when. */
export interface Phases {
  /** From the call's arrival to its answer. */
  readonly request: Phase;
  /** Loading the function: only in the first invocation of an environment; it ends before `invocation` starts. */
  readonly init?: Phase;
  /** From handing over the event to the response. Missing when init failed. */
  readonly invocation?: Phase;
  /** From the response until the runtime asks for the next event. */
  readonly overhead?: Phase;
}

/** Whose segments they are. */
export interface Subject {
  readonly definition: Pick<FunctionDefinition, 'name' | 'arn' | 'logGroup' | 'codeDirectory'>;
  readonly accountId: string;
  readonly requestId: string;
  readonly recording: Recording;
}

/** The service's segment; in progress until the request has ended. */
export function serviceSegment(subject: Subject, phases: Phases, failure?: FunctionError): Segment {
  const { recording } = subject;
  return {
    ...segmentOf(subject, recording.serviceSegmentId, 'AWS::Lambda', phases.request),
    ...(recording.parentId !== undefined && { parent_id: recording.parentId }),
    ...(recording.links.length > 0 && { links: recording.links }),
    ...(phases.request.end !== undefined && {
      http: { response: { status: failure === undefined ? 200 : 500 } },
    }),
    ...failedWith(subject, failure, recording.serviceSegmentId),
  };
}

/** The segment of a call that found every environment busy: there is no function segment then. */
export function throttledSegment(subject: Subject, request: Phase): Segment {
  const segment = serviceSegment(subject, { request });
  return { ...segment, http: { response: { status: 429 } }, error: true, throttle: true };
}

/** The function's segment; in progress until the runtime is ready for the next event. */
export function functionSegment(subject: Subject, phases: Phases, failure?: FunctionError): Segment {
  const { definition, recording } = subject;
  const start = (phases.invocation ?? phases.init ?? phases.request).start;
  const end = phases.request.end;
  const failedInInit = phases.invocation === undefined;
  const subsegment = (
    id: string,
    name: string,
    phase: Phase | undefined,
    error?: FunctionError,
  ): Subsegment[] =>
    phase === undefined
      ? []
      : [
          {
            id,
            name,
            ...timesOf(phase),
            aws: { function_arn: definition.arn },
            ...failedWith(subject, error, id),
          },
        ];
  return {
    ...segmentOf(subject, recording.functionSegmentId, 'AWS::Lambda::Function', {
      start,
      ...(end !== undefined && { end }),
    }),
    parent_id: recording.serviceSegmentId,
    ...failedWith(subject, failure, recording.functionSegmentId),
    subsegments: [
      ...subsegment(recording.initId, 'Init', phases.init, failedInInit ? failure : undefined),
      ...subsegment(recording.invocationId, 'Invocation', phases.invocation, failure),
      ...subsegment(recording.overheadId, 'Overhead', phases.overhead),
    ],
  };
}

function segmentOf(subject: Subject, id: string, origin: string, phase: Phase): Segment {
  const { definition, accountId, requestId, recording } = subject;
  return {
    trace_id: recording.traceId,
    id,
    name: definition.name.slice(0, MAX_SEGMENT_NAME),
    ...timesOf(phase),
    origin,
    resource_arn: definition.arn,
    aws: {
      account_id: accountId,
      function_arn: definition.arn,
      request_id: requestId,
      cloudwatch_logs: [{ log_group: definition.logGroup }],
    },
  };
}

function timesOf({ start, end }: Phase): Pick<Segment, 'start_time' | 'end_time' | 'in_progress'> {
  return end === undefined ? { start_time: start, in_progress: true } : { start_time: start, end_time: end };
}

function failedWith(
  { definition }: Subject,
  failure: FunctionError | undefined,
  entityId: string,
): { fault?: true; cause?: Cause } {
  if (failure === undefined) return {};
  return {
    fault: true,
    cause: { working_directory: definition.codeDirectory, exceptions: [exceptionOf(failure, entityId)] },
  };
}

/** A function's error as an X-Ray exception, with the stack that V8 wrote taken apart. */
function exceptionOf(error: FunctionError, id: string): ExceptionData {
  const frames = (error.trace ?? []).flatMap(parseStackLine);
  const truncated = frames.length - MAX_STACK_FRAMES;
  return {
    id,
    type: error.errorType,
    message: error.errorMessage.slice(0, MAX_EXCEPTION_MESSAGE),
    ...(frames.length > 0 && { stack: frames.slice(0, MAX_STACK_FRAMES) }),
    ...(truncated > 0 && { truncated }),
  };
}

/** `at label (path:line:column)` or `at path:line:column`. */
const STACK_LINE = /^\s*at (?:(?<label>.*?) \()?(?<path>.+?):(?<line>\d+):(?<column>\d+)\)?$/;

function parseStackLine(text: string): StackFrame[] {
  const { label, path, line, column } = STACK_LINE.exec(text)?.groups ?? {};
  if (path === undefined) return [];
  const isAsync = label === undefined && path.startsWith('async ');
  return [
    {
      path: plainPath(isAsync ? path.slice('async '.length) : path),
      line: Number(line),
      column: Number(column),
      label: label ?? 'anonymous',
    },
  ];
}

function plainPath(path: string): string {
  try {
    return path.startsWith('file://') ? fileURLToPath(path) : path;
  } catch {
    return path;
  }
}
