import { isGeneratorObject } from 'node:util/types';
import { resolvePolicy } from '../redaction/policy/resolve-policy.ts';
import type { RedactionPolicy, Redactor } from '../redaction/redact.ts';
import { createRedactor } from '../redaction/redact.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { createTextGuard } from '../redaction/text-guard.ts';
import { decodeEvent, EVENT_FIELD_NAMES } from '../redaction/walk/decode-event.ts';
import { Described, knownClassName } from '../redaction/walk/described.ts';
import { MASKS_BY } from './annotation-rules.ts';
import type { GuardedSpan } from './guarded-span.ts';
import { OWN_NAMESPACE } from './own-names.ts';
import { createWarnOnce } from './process-logger.ts';

/** What of a value may stand in a trace, by one policy. */
interface Capture {
  /**
   * The value as it may be shown, in `room` bytes of JSON at most and never in more than the policy's budget; undefined
   * where the policy shows nothing. An error or a generator is shown by its type. Says so where there is no room.
   */
  readonly show: (value: unknown, room: number) => unknown;
  /** For the texts of the same trace: messages of errors, paths of URLs, annotations. */
  readonly texts: TextGuard;
}

/** What `responseCapture()` was told. The same object for every invocation of a pipeline. */
export interface CaptureSettings {
  readonly policy: RedactionPolicy;
  readonly captureEvent: boolean | RedactionPolicy;
}

/** Where the service's own metadata is found. X-Ray's SDK calls it so too. */
const METADATA_NAMESPACE = 'default';

/** Of the room in the document that the event may take: the response comes later, and is missed more. */
const SHARE_OF_EVENT = 0.5;

/**
 * Bytes of the result of a function by the pipeline's policy. A function may run many times in one trace, and a trace may
 * hold 500 kB (AWS re:Post, "X-Ray trace quota error").
 */
const MOST_RESULT_BYTES = 8192;

/** Below this much room, in bytes, nothing of a value can be shown that would help. */
const SMALLEST_ROOM = 256;
/** Rooms are rounded down to a multiple of this, in bytes, so that the same redactors serve again. */
const STEP = 4096;
const SMALL_STEP = 256;

/** How values and texts of one invocation are shown: by the policy of its pipeline, once that has said it. */
export class Captures {
  #ofPipeline: Capture = captureBy(BY_DEFAULT);

  /** For every text of the trace, by the policy that holds at the time. */
  readonly texts: TextGuard & { readonly [MASKS_BY]: object } = textsBy(() => this.#ofPipeline.texts);

  /**
   * Says how the pipeline captures, for everything that begins in this invocation from now on, and captures the event
   * where that is asked for.
   *
   * @returns captures the response.
   */
  follow(
    { policy, captureEvent }: CaptureSettings,
    span: GuardedSpan,
    event: unknown,
  ): (response: unknown) => void {
    const capture = captureBy(policy);
    this.#ofPipeline = capture;
    if (captureEvent !== false) {
      const ofEvent = captureBy(captureEvent === true ? policy : captureEvent, EVENT_FIELD_NAMES);
      addShown(
        span,
        'event',
        ofEvent.show(decodeEvent(event), Math.floor(span.metadataRoom() * SHARE_OF_EVENT)),
      );
    }
    return (response) => addShown(span, 'response', capture.show(response, span.metadataRoom()));
  }

  /** Adds what the service itself says of the running step, by the policy of the pipeline, in which the key is a name. */
  metadata(span: GuardedSpan, key: unknown, value: unknown): void {
    const { show, texts } = this.#ofPipeline;
    const room = Math.min(span.metadataRoom(), MOST_RESULT_BYTES);
    if (typeof key !== 'string' || key === '' || key === '__proto__' || texts.text(key) !== key) {
      warnOnce('Metadata is left out: its key must be a name, and neither personal nor secret');
      return;
    }
    const add = (shown: unknown): void => {
      if (shown !== undefined) span.addMetadata(METADATA_NAMESPACE, key, shown);
    };
    const named = show(Object.fromEntries([[key, value]]), room);
    if (typeof named === 'object' && named !== null && Object.hasOwn(named, key))
      add(Reflect.get(named, key));
    // A key that is not known for a name is one nevertheless: a program has it in its text. Shapes would show a map.
    else add(typeof named === 'object' ? show(value, room) : named);
  }

  /** Captures the result of a function, by a policy of its own or by that of the pipeline. */
  result(span: GuardedSpan, value: unknown, policy: true | RedactionPolicy): void {
    const room = span.metadataRoom();
    const shown =
      policy === true
        ? this.#ofPipeline.show(value, Math.min(room, MOST_RESULT_BYTES))
        : captureBy(policy).show(value, room);
    addShown(span, 'result', shown);
  }
}

/** Texts by whichever guard holds when they are recorded. */
function textsBy(current: () => TextGuard): TextGuard & { readonly [MASKS_BY]: object } {
  return {
    get [MASKS_BY]() {
      return current();
    },
    message: (text) => current().message(text),
    text: (text) => current().text(text),
    path: (path) => current().path(path),
    named: (name, value) => current().named(name, value),
  };
}

function addShown(span: GuardedSpan, key: string, shown: unknown): void {
  if (shown !== undefined) span.addMetadata(OWN_NAMESPACE, key, shown);
}

const warnOnce = createWarnOnce();
const BY_DEFAULT: RedactionPolicy = {};
const captures = new WeakMap<RedactionPolicy, Capture>();
const capturesOfEvents = new WeakMap<RedactionPolicy, Capture>();

/**
 * The capture of a policy, made once. Its form was checked where it was given; what shows only now, a detector that is too
 * slow, must not break the handler.
 */
function captureBy(policy: RedactionPolicy, fieldNames: readonly string[] = []): Capture {
  const known = fieldNames.length === 0 ? captures : capturesOfEvents;
  let capture = known.get(policy);
  if (capture === undefined) {
    try {
      capture = createCapture({ ...policy, fieldNames: [...(policy.fieldNames ?? []), ...fieldNames] });
    } catch (error) {
      warnOnce('A policy cannot be used; nothing is shown by it', error);
      capture = createCapture({ mode: 'off' });
    }
    known.set(policy, capture);
  }
  return capture;
}

/**
 * A policy that is checked once, for the captures of many invocations.
 *
 * @throws TypeError when the policy has an unknown or wrong option.
 */
function createCapture(policy: RedactionPolicy = {}): Capture {
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
  if (isGeneratorObject(value)) return new Described('<generator>');
  if (value instanceof Error) return new Described(`<${knownClassName(value)}>`);
  return value;
}
