import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import { captureLogs } from '../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../helpers/document-receiver.ts';
import { receiveDocuments } from '../helpers/document-receiver.ts';
import { contract } from './contract.ts';
import { OVERLAP_ENVIRONMENT } from './overlap.ts';
import type { Subject } from './subject.ts';
import { POINTS } from './subject.ts';

let daemon: DocumentReceiver;
let subject: Subject;

beforeAll(async () => {
  daemon = await receiveDocuments();
  // Read when the modules under test load.
  Object.assign(process.env, OVERLAP_ENVIRONMENT, {
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    POWERTOOLS_TRACE_ENABLED: 'true',
  });
  ({ lantern: subject } = await import('./lantern.ts'));
});
// Many checks provoke warnings; those that are about them look for themselves.
let logs: ReturnType<typeof captureLogs>;
beforeEach(() => {
  logs = captureLogs();
});
afterEach(() => {
  logs.restore();
  daemon.clear();
});
afterAll(() => daemon.stop());

describe.each(Object.entries(POINTS))('the tracing contract, point %s: %s', (point) => {
  it.each(contract.filter((check) => String(check.point) === point))('$title', async ({ run }) => {
    await run({ subject, daemon });
  });
});
