import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveDocuments } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { runNode } from '../../helpers/run.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
let daemon: DocumentReceiver;

beforeAll(async () => {
  daemon = await receiveDocuments();
});
afterAll(() => daemon.stop());

describe('the tracing contract, point 10: a daemon or SDK that fails changes nothing for the handler', () => {
  it('has sent every document when the response is returned', async () => {
    const { header, traceId } = sampledTrace();

    const run = runNode([join(FIXTURES, 'frozen-after-response.ts')], FIXTURES, {
      POWERTOOLS_TRACE_ENABLED: 'true',
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      _X_AMZN_TRACE_ID: header,
    });
    await run.exited;

    expect(run.child.signalCode).toBe('SIGKILL');
    const documents = await daemon.settled();
    expect(documents.filter(({ trace_id }) => trace_id === traceId)).toHaveLength(21);
    expect(documents.at(-1)?.name).toBe('## handler');
  });
});
