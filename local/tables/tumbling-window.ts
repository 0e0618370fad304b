/**
 * Tumbling windows of a stream: the records of some seconds go to a function in batches, each invocation hands a state to the
 * next, and a last one without records makes of it what it was kept for ("Implementing stateful DynamoDB stream processing in
 * Lambda").
 */
import { isObject } from '../json.ts';
import { MAX_REQUEST_PAYLOAD } from '../lambda/limits.ts';

/** Bytes of a state, as JSON; with more a window ends early (the same page: 1 MB for each shard). */
const MAX_STATE_BYTES = 1_048_576;

/** Bytes that stand around the records and the state in an event, and more. */
const MAX_ENVELOPE_BYTES = 2000;

/** What an event has room for beside the state. */
export const MAX_RECORD_BYTES = MAX_REQUEST_PAYLOAD - MAX_STATE_BYTES - MAX_ENVELOPE_BYTES;

/** Why a function is invoked: for records, or since its window ends, for its time is over or its state too large. */
type WindowPurpose = 'records' | 'final' | 'early';

interface WindowSource {
  readonly streamArn: string;
  readonly shardId: string;
}

export class TumblingWindow {
  readonly #start: number;
  readonly #length: number;
  /** In milliseconds of `performance.now()`, as the clock may be set while the window is open. */
  readonly #endsAt: number;
  #state = '{}';

  /**
   * @param createdAt of one of its records, epoch milliseconds
   * @param seconds how long it is; windows follow each other from the beginning of the epoch on
   */
  constructor(createdAt: number, seconds: number) {
    this.#length = seconds * 1000;
    this.#start = Math.floor(createdAt / this.#length) * this.#length;
    const left = this.#start + this.#length - Date.now();
    this.#endsAt = performance.now() + Math.min(Math.max(0, left), this.#length);
  }

  /** Whether a record that was created then belongs to it. */
  holds(createdAt: number): boolean {
    return createdAt >= this.#start && createdAt < this.#start + this.#length;
  }

  /** Whether its time has passed: what is created from now on belongs to another one. */
  isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** The event of an invocation. @param records each as JSON */
  event(purpose: WindowPurpose, records: readonly string[], { streamArn, shardId }: WindowSource): string {
    const rest = JSON.stringify({
      shardId,
      eventSourceARN: streamArn,
      isFinalInvokeForWindow: purpose === 'final',
      isWindowTerminatedEarly: purpose === 'early',
    });
    const window = JSON.stringify({
      start: isoSeconds(this.#start),
      end: isoSeconds(this.#start + this.#length),
    });
    return `{"Records":[${records.join(',')}],"window":${window},"state":${this.#state},${rest.slice(1)}`;
  }

  /**
   * Keeps the state that a function has answered with.
   *
   * @param payload its answer
   * @returns what is wrong with the answer, which makes the invocation a failed one; undefined where nothing is
   */
  takeState(payload: string): string | undefined {
    const answer = valueIn(payload);
    if (!isObject(answer) || !('state' in answer))
      return `expected { "state": { … } }, got ${isObject(answer) ? 'an object without state' : kindOf(answer)}`;
    if (!isObject(answer.state))
      return `expected { "state": { … } }, got a state that is ${kindOf(answer.state)}`;
    const state = JSON.stringify(answer.state);
    const bytes = Buffer.byteLength(state);
    if (bytes > MAX_REQUEST_PAYLOAD - MAX_ENVELOPE_BYTES)
      return `expected a state that the next invocation has room for, got one of ${bytes} bytes`;
    this.#state = state;
    return undefined;
  }

  /** Whether the state is larger than Lambda keeps it. */
  hasTooMuch(): boolean {
    return Buffer.byteLength(this.#state) > MAX_STATE_BYTES;
  }

  /** As people are told of it. */
  toString(): string {
    return `window from ${isoSeconds(this.#start)} to ${isoSeconds(this.#start + this.#length)}`;
  }
}

/** Undefined where the text is no JSON. */
function valueIn(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** What kind of value it is, and nothing of the value: it may be anybody's. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'no JSON';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
