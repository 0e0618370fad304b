import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import type {
  InvocationReport,
  InvokeRequest,
  InvokeResponse,
  LogEvent,
} from '../../../local/lambda/invocation.ts';
import { LambdaService } from '../../../local/lambda/lambda-service.ts';
import type { LambdaServiceOptions } from '../../../local/lambda/lambda-service.ts';
import type { FunctionDefinition } from '../../../local/template/service.ts';
import { functionDefinition } from './definition.ts';
import type { Segment, SegmentDocument } from '../../../local/xray/document.ts';

export interface Harness {
  readonly service: LambdaService;
  readonly logs: LogEvent[];
  readonly reports: InvocationReport[];
  readonly documents: SegmentDocument[];
  /** Invokes the first function. */
  readonly invoke: (event?: unknown, request?: Partial<InvokeRequest>) => Promise<InvokeResponse>;
  /** The payload of an invocation, parsed. */
  readonly call: (event?: unknown, request?: Partial<InvokeRequest>) => Promise<Record<string, unknown>>;
  /** The last document with each id, as X-Ray keeps them: the service's segment first. */
  readonly segments: () => Segment[];
  /** What was logged for one invocation, or outside invocations. */
  readonly messages: (requestId: string | undefined, source?: LogEvent['source']) => string[];
}

/** A started service, stopped when the test is over. */
export async function startService(
  functions?: readonly FunctionDefinition[],
  options?: Partial<LambdaServiceOptions>,
): Promise<Harness> {
  const harness = createHarness(functions, options);
  await harness.service.start();
  onTestFinished(() => harness.service.stop());
  return harness;
}

/** One service for all tests of a `describe`, for those that leave it usable. What it recorded is cleared before each. */
export function sharedService(
  functions?: readonly FunctionDefinition[],
  options?: Partial<LambdaServiceOptions>,
): Harness {
  const harness = createHarness(functions, options);
  beforeAll(() => harness.service.start());
  beforeEach(() => {
    for (const recorded of [harness.logs, harness.reports, harness.documents]) recorded.length = 0;
  });
  afterAll(() => harness.service.stop());
  return harness;
}

function createHarness(
  functions: readonly FunctionDefinition[] = [functionDefinition()],
  options: Partial<LambdaServiceOptions> = {},
): Harness {
  const logs: LogEvent[] = [];
  const reports: InvocationReport[] = [];
  const documents: SegmentDocument[] = [];
  const service = new LambdaService({
    functions,
    region: 'eu-central-1',
    accountId: '000000000000',
    endpoints: {},
    daemonAddress: '127.0.0.1:2000',
    onLog: (event) => logs.push(event),
    onReport: (report) => reports.push(report),
    onSegment: (document) => documents.push(document),
    ...options,
  });
  const invoke: Harness['invoke'] = (event = {}, request = {}) =>
    service.invoke({ functionName: functions[0]?.name ?? '', payload: JSON.stringify(event), ...request });
  return {
    service,
    logs,
    reports,
    documents,
    invoke,
    call: async (event, request) =>
      JSON.parse((await invoke(event, request)).payload) as Record<string, unknown>,
    segments: () => {
      const byId = new Map(documents.map((document) => [document.id, document as Segment]));
      return [...byId.values()];
    },
    messages: (requestId, source) =>
      logs
        .filter((event) => event.requestId === requestId && (source === undefined || event.source === source))
        .map((event) => event.message),
  };
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
