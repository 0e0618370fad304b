import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { captureLogs } from '../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../helpers/document-receiver.ts';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { receiveDocuments } from '../helpers/document-receiver.ts';
import { receiveSpans } from '../helpers/span-receiver.ts';
import { contract } from './contract.ts';
import { OVERLAP_ENVIRONMENT } from './overlap.ts';
import type { Subject } from './subject.ts';
import { POINTS } from './subject.ts';

const RECORDERS = ['X-Ray', 'OpenTelemetry'] as const;
let benches: Record<(typeof RECORDERS)[number], { daemon: DocumentReceiver; subject: Subject }>;

beforeAll(async () => {
  const daemon = await receiveDocuments();
  // Read when the modules under test load.
  Object.assign(process.env, OVERLAP_ENVIRONMENT, {
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    POWERTOOLS_TRACE_ENABLED: 'true',
  });
  const { lantern } = await import('./lantern.ts');
  const { openTelemetry } = await import('./open-telemetry.ts');
  // As X-Ray has it: what nobody has decided on is not recorded.
  const spans = receiveSpans(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
  benches = {
    'X-Ray': { daemon, subject: lantern },
    OpenTelemetry: { daemon: spans, subject: openTelemetry },
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

describe.each(RECORDERS)('with the recorder for %s', (recorder) => {
  describe.each(Object.entries(POINTS))('the tracing contract, point %s: %s', (point) => {
    it.each(contract.filter((check) => String(check.point) === point))('$title', async ({ run }) => {
      await run(benches[recorder]);
    });
  });
});
