import assert from 'node:assert/strict';
import { captureLogs } from '../helpers/captured-logs.ts';
import { handlerOf } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Check, Subject } from './subject.ts';
import { traced } from './subject.ts';

function working(subject: Subject) {
  return traced(subject).handler(() => {
    subject.annotate('Key', 1);
    subject.addMetadata('key', 1);
    return subject.trace('inner', () => 'result');
  });
}

/** The SDK under the subject. It reads the daemon's address as it loads, so it must not load before the subject does. */
async function loadSdk() {
  return (await import('aws-xray-sdk-core')).default;
}

/** Every method of the SDK that a recorder may call. */
const SEGMENT_METHODS = ['addNewSubsegment'] as const;
const SUBSEGMENT_METHODS = [
  'addNewSubsegment',
  'addAnnotation',
  'addMetadata',
  'close',
  'format',
  'isClosed',
] as const;

export const failureContract: readonly Check[] = [
  {
    point: 10,
    title: 'the SDK throws, at any of its calls: the result is the same, and one warning is logged',
    run: async ({ subject }) => {
      const AWSXRay = await loadSdk();
      const targets = [
        ...SEGMENT_METHODS.map((method) => ({ prototype: AWSXRay.Segment.prototype, method })),
        ...SUBSEGMENT_METHODS.map((method) => ({ prototype: AWSXRay.Subsegment.prototype, method })),
      ];
      for (const { prototype, method } of targets) {
        const original = Object.getOwnPropertyDescriptor(prototype, method);
        Object.defineProperty(prototype, method, {
          configurable: true,
          writable: true,
          value: () => {
            throw new Error(`${method} is broken`);
          },
        });
        const logs = captureLogs();
        try {
          assert.equal((await invoke(working(subject))).response, 'result', method);
          const failing = traced(subject).handler(() => {
            throw new RangeError('of the handler');
          });
          assert.match(String((await invoke(failing)).thrown?.error), /of the handler/, method);
        } finally {
          if (original !== undefined) Object.defineProperty(prototype, method, original);
          const warnings = logs.restore().filter(({ level }) => level === 'WARN');
          assert.ok(warnings.length <= 1, `one warning for ${method}, got ${JSON.stringify(warnings)}`);
        }
      }
    },
  },
  {
    point: 10,
    title: 'the daemon is absent: the result is the same',
    run: async ({ subject, daemon }) => {
      const AWSXRay = await loadSdk();
      AWSXRay.setDaemonAddress('127.0.0.1:1');
      const { response } = await invoke(working(subject));
      AWSXRay.setDaemonAddress(daemon.address);
      assert.equal(response, 'result');

      const { traceId } = await invoke(working(subject));
      handlerOf(await daemon.settled(), traceId);
    },
  },
  {
    point: 10,
    title: 'a failure of ours is logged once, not with every invocation',
    run: async ({ subject }) => {
      const logs = captureLogs();
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      for (let round = 0; round < 3; round += 1) {
        await invoke(traced(subject).handler(() => subject.annotate('bad', circular)));
      }
      const lines = logs.restore().filter(({ level }) => level === 'WARN');
      assert.equal(lines.length, 1, JSON.stringify(lines));
    },
  },
];
