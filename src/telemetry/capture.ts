import { types } from 'node:util';
import { className, Described } from '../redaction/walk/described.ts';
import { resolvePolicy } from '../redaction/policy/resolve-policy.ts';
import type { RedactionPolicy, Redactor } from '../redaction/redact.ts';
import { createRedactor } from '../redaction/redact.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { createTextGuard } from '../redaction/text-guard.ts';

/** What of a value may stand in a trace, by one policy. */
export interface Capture {
  /**
   * The value as it may be shown, in `room` bytes of JSON at most and never in more than the policy's budget; undefined
   * where the policy shows nothing. An error or a generator is shown by its type. Says so where there is no room.
   */
  readonly show: (value: unknown, room: number) => unknown;
  /** For the texts of the same trace: messages of errors, paths of URLs, annotations. */
  readonly texts: TextGuard;
}

/** Below this much room, in bytes, nothing of a value can be shown that would help. */
const SMALLEST_ROOM = 256;
/** Rooms are rounded down to a multiple of this, in bytes, so that the same redactors serve again. */
const STEP = 4096;
const SMALL_STEP = 256;

/**
 * A policy that is checked once, for the captures of many invocations.
 *
 * @throws TypeError when the policy has an unknown or wrong option.
 */
export function createCapture(policy: RedactionPolicy = {}): Capture {
  const { mode, budget } = resolvePolicy(policy);
  const redactors = new Map<number, Redactor>();
  const redactorFor = (bytes: number): Redactor => {
    const known = redactors.get(bytes);
    if (known !== undefined) return known;
    const redactor = createRedactor({ ...policy, budget: { ...policy.budget, bytes } });
    redactors.set(bytes, redactor);
    return redactor;
  };
  let texts: TextGuard | undefined;
  return {
    // Made when they are needed, because each checks the detectors of the policy again, which takes milliseconds.
    get texts() {
      texts ??= createTextGuard(policy);
      return texts;
    },
    show(value, room) {
      if (mode === 'off') return undefined;
      if (room < SMALLEST_ROOM) return '<no room left in the document>';
      const redact = redactorFor(room >= budget.bytes ? budget.bytes : roundedDown(room));
      try {
        return redact(asShown(value));
      } catch {
        // A proxy that throws: what cannot be read cannot be shown.
        return '<unreadable>';
      }
    },
  };
}

function roundedDown(room: number): number {
  const step = room < STEP ? SMALL_STEP : STEP;
  return Math.floor(room / step) * step;
}

/** Errors are recorded as errors where they are thrown; the members of a generator are those of its class. */
function asShown(value: unknown): unknown {
  if (types.isGeneratorObject(value)) return new Described('<generator>');
  if (value instanceof Error) return new Described(`<${className(value)}>`);
  return value;
}
