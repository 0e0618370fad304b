/** One invocation as the Lambda service sees it: the run itself, and its log lines, report and segments around it. */
import type { FunctionDefinition } from '../template/service.ts';
import type { SegmentSink } from '../xray/document.ts';
import type { ExecutionEnvironment, RunResult, Instant } from './execution-environment.ts';
import { elapsed, instant } from './execution-environment.ts';
import type { FunctionError } from './function-error.ts';
import { parseFunctionError } from './function-error.ts';
import type { InvocationReport, InvokeResponse, LogSink, ReportSink } from './invocation.ts';
import { endMessages, startMessages } from './platform-log.ts';
import type { RuntimeInvocation } from './runtime-api.ts';
import type { Phases, Subject } from './segments.ts';
import { functionSegment, serviceSegment, throttledSegment } from './segments.ts';
import type { TraceContext } from './trace-context.ts';
import { LOG_TAIL_BYTES } from './limits.ts';

export interface LambdaInvocationOptions {
  readonly definition: FunctionDefinition;
  readonly accountId: string;
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly onLog: LogSink;
  readonly onReport: ReportSink;
  readonly onSegment: SegmentSink;
}

export class LambdaInvocation {
  /** Every line that belongs to this invocation is to be added. */
  readonly tail = new LogTail();
  readonly #options: LambdaInvocationOptions;
  readonly #received: Instant = instant();

  constructor(options: LambdaInvocationOptions) {
    this.#options = options;
  }

  /** Records that no environment was free. */
  throttled(): void {
    this.#record((subject) => [
      throttledSegment(subject, { start: this.#seconds(this.#received), end: this.#seconds(instant()) }),
    ]);
  }

  async run(
    environment: ExecutionEnvironment,
    event: Pick<RuntimeInvocation, 'payload' | 'clientContext' | 'identity' | 'tenantId' | 'onStream'>,
  ): Promise<InvokeResponse> {
    const { definition, requestId, trace } = this.#options;
    const { logStream } = environment;
    const request = { start: this.#seconds(this.#received) };
    this.#record((subject) => [serviceSegment(subject, { request })]);
    const start = (at: Instant): void => {
      this.#log(logStream, startMessages(definition, at.epoch, requestId));
      this.#record((subject) => [
        functionSegment(subject, { request, invocation: { start: this.#seconds(at) } }),
      ]);
    };
    const result = await environment.run(
      { ...event, requestId, functionArn: definition.arn, traceHeader: trace.header },
      start,
    );
    // A function that cannot be loaded has an invocation in the log all the same.
    if (result.invocation === undefined)
      this.#log(logStream, startMessages(definition, result.end.epoch, requestId));
    return this.#finish(result, logStream);
  }

  #finish(result: RunResult, logStream: string): InvokeResponse {
    const { definition, requestId, trace, onReport } = this.#options;
    const failure = result.status === 'success' ? undefined : parseFunctionError(result.payload);
    const report = this.#report(result);
    const details = {
      report,
      traceHeader: trace.header,
      ...(trace.recording !== undefined && { segmentId: trace.recording.functionSegmentId }),
      ...(failure !== undefined && { error: failure }),
    };
    this.#log(logStream, endMessages(definition, Date.now(), details));
    onReport(report);
    this.#recordEnd(result, failure);
    return {
      requestId,
      payload: result.payload,
      ...(result.status !== 'success' && { functionError: 'Unhandled' as const, failure: result.status }),
      traceId: trace.traceId,
      logTail: this.tail.toString(),
    };
  }

  #report(result: RunResult): InvocationReport {
    const { definition, requestId, trace } = this.#options;
    const { status, init, invocation, end } = result;
    const initDuration = init === undefined ? undefined : milliseconds(elapsed(init.start, init.end));
    // As in AWS: what failed in init has spent its duration there, and a timeout ends an invocation on time.
    const spent =
      invocation === undefined ? (initDuration ?? 0) : milliseconds(elapsed(invocation.start, end));
    const duration = status === 'timeout' ? Math.min(spent, definition.timeout * 1000) : spent;
    const billedInit = invocation === undefined ? 0 : (initDuration ?? 0);
    return {
      functionName: definition.name,
      functionKey: definition.key,
      requestId,
      startedAt: (invocation?.start ?? this.#received).epoch,
      duration,
      // Lambda bills the init phase too, since August 2025.
      billedDuration: Math.ceil(duration + billedInit),
      memorySize: definition.memorySize,
      maxMemoryUsed: result.maxMemoryUsed,
      ...(initDuration !== undefined && invocation !== undefined && { initDuration }),
      traceId: trace.traceId,
      sampled: trace.sampled,
      status,
    };
  }

  #recordEnd({ status, init, invocation, end }: RunResult, failure: FunctionError | undefined): void {
    const phase = ({ start, end: last }: { start: Instant; end: Instant }) => ({
      start: this.#seconds(start),
      end: this.#seconds(last),
    });
    const phases: Phases = {
      request: phase({ start: this.#received, end }),
      ...(init !== undefined && { init: phase(init) }),
      ...(invocation !== undefined && { invocation: phase(invocation) }),
      ...(invocation !== undefined &&
        (status === 'success' || status === 'error') && { overhead: phase({ start: invocation.end, end }) }),
    };
    this.#record((subject) => [
      functionSegment(subject, phases, failure),
      serviceSegment(subject, phases, failure),
    ]);
  }

  #record(documentsOf: (subject: Subject) => Parameters<SegmentSink>[0][]): void {
    const { definition, accountId, requestId, trace, onSegment } = this.#options;
    const { recording } = trace;
    if (recording === undefined) return;
    for (const document of documentsOf({ definition, accountId, requestId, recording })) onSegment(document);
  }

  #log(logStream: string, messages: readonly string[]): void {
    const { definition, requestId, onLog } = this.#options;
    for (const message of messages) {
      this.tail.add(message);
      onLog({
        functionName: definition.name,
        functionKey: definition.key,
        logGroup: definition.logGroup,
        logStream,
        requestId,
        timestamp: Date.now(),
        source: 'platform',
        message,
      });
    }
  }

  /** Epoch seconds, all counted from one reading of the wall clock, so that phases neither overlap nor gape. */
  #seconds(at: Instant): number {
    return (this.#received.epoch + at.monotonic - this.#received.monotonic) / 1000;
  }
}

/** With the two decimals that Lambda reports. */
function milliseconds(duration: number): number {
  return Math.round(duration * 100) / 100;
}

/** The end of what one invocation logged, as `X-Amz-Log-Type: Tail` returns it. */
class LogTail {
  #text = '';

  add(message: string): void {
    // Characters are at least as few as bytes, so this never cuts too much.
    this.#text = `${this.#text}${message}\n`.slice(-LOG_TAIL_BYTES);
  }

  /** At most 4 KB, cut between characters. */
  toString(): string {
    const bytes = Buffer.from(this.#text);
    return bytes.length <= LOG_TAIL_BYTES
      ? this.#text
      : bytes
          .subarray(-LOG_TAIL_BYTES)
          .toString()
          .replace(/^\uFFFD+/, '');
  }
}
