import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { unpacked } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import type { Recorder } from '../../helpers/recorders.ts';
import { RECORDERS } from '../../helpers/recorders.ts';
import { runNode } from '../../helpers/run.ts';
import { PATIENT } from '../../helpers/until.ts';
import { functionDefinition } from '../../local/lambda/definition.ts';
import { startService } from '../../local/lambda/harness.ts';
import type { Receivers } from '../../local/xray/otlp/receivers.ts';
import { startReceivers } from '../../local/xray/otlp/receivers.ts';

/* Real processes that are frozen, or killed, and what is left of them in Lantern local. */

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** What Lantern local has of a trace, each subsegment for itself. */
function documentsOf({ store }: Receivers, traceId: string): SegmentDocument[] {
  return (store.get(traceId)?.documents ?? []).flatMap(unpacked);
}

function settings(recorder: Recorder): Record<string, string> {
  return { POWERTOOLS_TRACE_ENABLED: 'true', LANTERN_RECORDER: recorder, OTEL_SERVICE_NAME: '## handler' };
}

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  describe('the tracing contract, point 10: a daemon or SDK that fails changes nothing for the handler', () => {
    it('has sent every document when the response is returned', async () => {
      const receivers = await startReceivers();
      const { header, traceId } = sampledTrace();

      const run = runNode([join(FIXTURES, 'frozen-after-response.ts')], FIXTURES, {
        ...settings(recorder),
        AWS_XRAY_DAEMON_ADDRESS: receivers.daemonAddress,
        _X_AMZN_TRACE_ID: header,
      });
      await run.exited;

      expect(run.child.signalCode).toBe('SIGKILL');
      await vi.waitFor(() => expect(documentsOf(receivers, traceId)).toHaveLength(21), PATIENT);
    });
  });

  describe('a function whose process ends before its answer', () => {
    // Lambda kills at its timeout of 2 s; what is known leaves 500 ms before.
    const timeout = 2;
    const inProgress = { done: 'whole', open: 'in progress', '## handler': 'in progress' };
    const unfinished = { done: 'whole', open: 'unfinished', '## handler': 'unfinished' };
    const atCheckpoint = { xray: inProgress, opentelemetry: unfinished };
    const onlyDone = { done: 'whole' };

    it.each<readonly [string, object, Readonly<Record<Recorder, object>>]>([
      ['by its timeout', { ending: 'timeout' }, atCheckpoint],
      ['by a SIGKILL after the checkpoint', { ending: 'kill', below: 300 }, atCheckpoint],
      [
        'by a SIGKILL before it',
        { ending: 'kill', below: 1_200 },
        // What has ended waits 100 ms at most.
        { xray: onlyDone, opentelemetry: onlyDone },
      ],
      ['by process.exit()', { ending: 'exit' }, { xray: onlyDone, opentelemetry: unfinished }],
      [
        'by an exception that nobody catches',
        { ending: 'throw' },
        { xray: onlyDone, opentelemetry: unfinished },
      ],
    ])(
      '%s leaves what is known of it, below the segment of the Lambda service',
      async (_how, event, left) => {
        const receivers = await startReceivers();
        const definition = functionDefinition({
          handler: 'recorded.handler',
          timeout,
          environment: settings(recorder),
        });
        const { invoke, reports } = await startService([definition], {
          daemonAddress: receivers.daemonAddress,
          onSegment: (document) => receivers.store.put(document),
        });
        expect(await invoke(event)).toHaveProperty('functionError');
        const traceId = String(reports[0]?.traceId);

        await vi.waitFor(() => {
          const documents = documentsOf(receivers, traceId);
          const invocation = documents.find(({ name }) => name === 'Invocation');
          const ours = documents.filter(({ name }) => ['done', 'open', '## handler'].includes(name));
          expect(Object.fromEntries(ours.map((each) => [each.name, stateOf(each)]))).toEqual(left[recorder]);
          expect(invocation?.fault).toBe(true);
          const handler = ours.find(({ name }) => name === '## handler');
          if (handler !== undefined) expect(handler.parent_id).toBe(invocation?.id);
        }, PATIENT);
        expect(receivers.refused).toEqual([]);
      },
    );
  });
});

function stateOf(document: SegmentDocument): string {
  if (document.in_progress === true) return 'in progress';
  return JSON.stringify(document).includes('lantern.unfinished') ? 'unfinished' : 'whole';
}
