import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { XRayDaemon } from '../../../../local/xray/daemon.ts';
import { OtlpServer } from '../../../../local/xray/otlp/otlp-server.ts';
import type { Refused } from '../../../../local/xray/received-documents.ts';
import { TraceStore } from '../../../../local/xray/trace-store.ts';

export interface Receivers {
  readonly store: TraceStore;
  /** What was refused, as it was told. */
  readonly refused: ReadonlyArray<Refused & { readonly reason: string; readonly sample: string }>;
  readonly notKept: readonly string[];
  /** As `AWS_XRAY_DAEMON_ADDRESS` wants it. */
  readonly daemonAddress: string;
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` wants it. */
  readonly otlpUrl: string;
}

/** Everything that takes traces, into one store, until the test ends. */
export async function startReceivers(): Promise<Receivers> {
  const store = new TraceStore();
  const refused: Array<Refused & { reason: string; sample: string }> = [];
  const notKept: string[] = [];
  const receiver = {
    onDocument: store.put.bind(store),
    onInvalid: (reason: string, sample: string, what: Refused) => refused.push({ reason, sample, ...what }),
    onNotKept: (kind: string) => notKept.push(kind),
  };
  const daemon = new XRayDaemon({
    port: 0,
    ...receiver,
    answer: (_request, response) => void response.end('{}'),
  });
  const otlp = new OtlpServer({ port: 0, ...receiver });
  onTestFinished(async () => {
    await otlp.stop();
    await daemon.stop();
  });
  const { address } = await daemon.start();
  const { url } = await otlp.start();
  return { store, refused, notKept, daemonAddress: address, otlpUrl: url };
}

const run = promisify(execFile);

/** Runs a program in a process of its own, with only these variables; gives what it prints. */
export async function runSender(
  code: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await run(process.execPath, ['--eval', code], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  return stdout;
}
