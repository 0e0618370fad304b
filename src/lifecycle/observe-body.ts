import { AsyncLocalStorage } from 'node:async_hooks';
import { Transform, finished, pipeline } from 'node:stream';
import { copyWith } from '../copy-with.ts';

/** How the body of a streamed response ended. */
export interface BodyEnding {
  /** Bytes that passed. */
  readonly bytes: number;
  /** Why it ended before its end; absent when it did not. */
  readonly failure?: { readonly error: unknown };
}

/** Told once how a body ended; the reader hears of its end when what is returned has settled. */
type EndListener = (ending: BodyEnding) => unknown;

/** The bodies that are watched, and who is told of their end. */
const watched = new WeakMap<object, EndListener[]>();

/**
 * The response with a body that is watched and not consumed: one that passes everything on, counts it, and runs what makes
 * it in the scope of whoever asked for this, in the place of the body given. The response itself where it has no stream, or
 * one that is watched already.
 *
 * @param response a stream, or an HTTP response whose `body` is one.
 */
export function withWatchedBody(response: unknown): unknown {
  const body = bodyOf(response);
  if (body === undefined || watched.has(body)) return response;
  if (body === response) return watch(body);
  const copy = copyWith(response as object, { body: undefined });
  return copy === undefined ? response : Object.defineProperty(copy, 'body', { value: watch(body) });
}

/**
 * Calls `onEnd` when a body has ended that {@link withWatchedBody} put into the response; what it returns then holds back
 * the end of the body. Where there is none, the answer is complete, and it is called at once, without an ending.
 *
 * @returns what `onEnd` has returned at once; undefined where it is yet to be called.
 */
export function whenBodyEnds<R>(response: unknown, onEnd: (ending?: BodyEnding) => R): R | undefined {
  const body = bodyOf(response);
  const listeners = body && watched.get(body);
  if (listeners === undefined) return onEnd();
  listeners.push(onEnd);
  return undefined;
}

/**
 * Calls `end` now, or when the body of a streamed answer has ended, as {@link whenBodyEnds} does.
 *
 * @param canReplaceResponse whether the response may still be replaced by one whose body is watched; once Middy has taken it,
 * watching a body that it reads itself would take chunks away from it.
 */
export function whenAnswered<R>(
  request: { response: unknown },
  canReplaceResponse: boolean,
  end: (ending?: BodyEnding) => R,
): R | undefined {
  // Most have none, and are looked at once.
  if (bodyOf(request.response) === undefined) return end();
  if (canReplaceResponse) {
    const response = withWatchedBody(request.response);
    if (response !== request.response) request.response = response;
  }
  return whenBodyEnds(request.response, end);
}

/** A stream of Node's, or of the packages that it comes from: Middy takes both. */
interface NodeStream extends NodeJS.ReadableStream {
  readonly _readableState: { readonly objectMode?: boolean };
}

type Stream = NodeStream | ReadableStream;

function bodyOf(response: unknown): Stream | undefined {
  try {
    if (isStream(response)) return response;
    // A getter is not called: what it does is not ours to repeat.
    const body: unknown = Object.getOwnPropertyDescriptor(response ?? {}, 'body')?.value;
    return isStream(body) ? body : undefined;
  } catch {
    // A proxy that throws.
    return undefined;
  }
}

function isStream(value: unknown): value is Stream {
  if (typeof value !== 'object' || value === null) return false;
  const { _readableState: state, pipe, on } = value as Partial<NodeStream>;
  if (state) return typeof pipe === 'function' && typeof on === 'function';
  // An object of no class is none; to ask for the class would load all web streams.
  return (
    Object.getPrototypeOf(value) !== Object.prototype && value instanceof ReadableStream && !value.locked
  );
}

function watch(source: Stream): Stream {
  const listeners: EndListener[] = [];
  let ended = false;
  const onEnd = async (ending: BodyEnding): Promise<void> => {
    if (ended) return;
    ended = true;
    await Promise.allSettled(listeners.map(async (listener) => await listener(ending)));
  };
  const body = source instanceof ReadableStream ? watchWeb(source, onEnd) : watchNode(source, onEnd);
  watched.set(body, listeners);
  return body;
}

type OnEnd = (ending: BodyEnding) => Promise<void>;

function watchNode(source: NodeStream, onEnd: OnEnd): NodeStream {
  // Who reads the body stands anywhere, and what it asks for would be made there.
  const inScope = AsyncLocalStorage.snapshot();
  const { objectMode = false } = source._readableState;
  let bytes = 0;
  const counter: Transform = new Transform({
    objectMode,
    read: (size) => inScope(() => Transform.prototype._read.call(counter, size)),
    transform(chunk: unknown, _encoding, pass) {
      bytes += sizeOf(chunk);
      pass(null, chunk);
    },
    flush: (done) => void onEnd({ bytes }).then(() => done()),
  });
  // The pipeline hands errors on in both directions.
  pipeline(source, counter, () => undefined);
  finished(counter, (error) => void onEnd(error ? { bytes, failure: { error } } : { bytes }));
  return counter as unknown as NodeStream;
}

function watchWeb(source: ReadableStream, onEnd: OnEnd): ReadableStream {
  const inScope = AsyncLocalStorage.snapshot();
  const reader = source.getReader() as ReadableStreamDefaultReader<unknown>;
  let bytes = 0;
  return new ReadableStream({
    pull: (controller) =>
      inScope(async () => {
        try {
          const { done, value } = await reader.read();
          if (done) {
            await onEnd({ bytes });
            controller.close();
            return;
          }
          bytes += sizeOf(value);
          controller.enqueue(value);
        } catch (error) {
          controller.error(error);
          await onEnd({ bytes, failure: { error } });
        }
      }),
    cancel: (reason) =>
      inScope(async () => {
        await onEnd({
          bytes,
          failure: { error: reason ?? new Error('The reader of the response went away') },
        });
        await reader.cancel(reason);
      }),
  });
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  return chunk instanceof Uint8Array || chunk instanceof ArrayBuffer ? chunk.byteLength : 0;
}
