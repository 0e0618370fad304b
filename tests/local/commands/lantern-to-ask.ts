import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { XRayService } from '../../../local/start-xray.ts';
import { startXRay } from '../../../local/start-xray.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import type { Run } from '../../helpers/run.ts';
import { runNode } from '../../helpers/run.ts';

const CLI = join(import.meta.dirname, '../../../local/cli.ts');
const PROJECT = join(import.meta.dirname, '../../..');

/** A Lantern that commands ask, in this process. */
export async function startLantern(documents: readonly SegmentDocument[] = []): Promise<XRayService> {
  const service = await startXRay({ port: 0, daemonPort: 0, otlpPort: 0, onNotice: () => undefined });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= service.stop());
  onTestFinished(stop);
  await put(service.url, documents);
  return { ...service, stop };
}

/** Stores documents as any client of X-Ray does. */
export async function put(url: string, documents: readonly SegmentDocument[]): Promise<void> {
  const TraceSegmentDocuments = documents.map((document) => JSON.stringify(document));
  const response = await fetch(`${url}/TraceSegments`, {
    method: 'POST',
    body: JSON.stringify({ TraceSegmentDocuments }),
  });
  const answer = (await response.json()) as { UnprocessedTraceSegments?: unknown[] };
  if (!response.ok || (answer.UnprocessedTraceSegments ?? []).length > 0) {
    throw new Error(`Not stored: ${JSON.stringify(answer)}`);
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  /** Of standard output and standard error. */
  readonly output: string;
}

/** `lambda-lantern` as a process of its own. */
export function startLambdaLantern(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const run = runNode([CLI, ...args], PROJECT, { LANTERN_URL: undefined, ...env });
  onTestFinished(() => void run.child.kill('SIGKILL'));
  return run;
}

export async function lambdaLantern(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const run = startLambdaLantern(args, env);
  return { code: await run.exited, stdout: run.stdout(), output: run.output() };
}
