import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { captureLogs } from '../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../helpers/document-receiver.ts';
import type { Recorder } from '../helpers/recorders.ts';
import { receiveFrom, RECORDERS } from '../helpers/recorders.ts';
import { contract } from './contract.ts';
import { OVERLAP_ENVIRONMENT } from './overlap.ts';
import type { Subject } from './subject.ts';
import { POINTS } from './subject.ts';

let benches: Record<Recorder, { daemon: DocumentReceiver; subject: Subject }>;

beforeAll(async () => {
  const daemon = await receiveFrom('xray');
  // Read when the modules under test load.
  Object.assign(process.env, OVERLAP_ENVIRONMENT, { POWERTOOLS_TRACE_ENABLED: 'true' });
  const { lantern } = await import('./lantern.ts');
  const { openTelemetry } = await import('./open-telemetry.ts');
  benches = {
    xray: { daemon, subject: lantern },
    opentelemetry: { daemon: await receiveFrom('opentelemetry'), subject: openTelemetry },
  };
});
// Many checks provoke warnings; those that are about them look for themselves.
let logs: ReturnType<typeof captureLogs>;
beforeEach(() => {
  logs = captureLogs();
});
afterEach(() => {
  logs.restore();
  for (const { daemon } of Object.values(benches)) daemon.clear();
});
afterAll(async () => {
  for (const { daemon } of Object.values(benches)) await daemon.stop();
});

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  describe.each(Object.entries(POINTS))('the tracing contract, point %s: %s', (point) => {
    it.each(contract.filter((check) => String(check.point) === point))('$title', async ({ run }) => {
      await run(benches[recorder]);
    });
  });
});
