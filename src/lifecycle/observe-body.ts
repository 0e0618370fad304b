import { Readable, Transform, finished, pipeline } from 'node:stream';

/** How the body of a streamed response ended. */
export interface BodyEnding {
  /** Bytes that passed. */
  readonly bytes: number;
  /** Why it ended before its end; absent when it did not. */
  readonly failure?: { readonly error: unknown };
}

/** What {@link observeBody} gives back. */
export interface ObservedBody {
  /** The response to send in place of the one given: the same, but for a body that counts what passes. */
  readonly response: unknown;
}

/**
 * Watches the body of a streamed response without consuming it: the body is replaced by one that passes everything on
 * and counts it.
 *
 * @param response a stream, or an HTTP response whose `body` is one.
 * @param onEnd called once, when the body has ended or failed.
 * @returns undefined when there is no stream to watch.
 */
export function observeBody(
  response: unknown,
  onEnd: (ending: BodyEnding) => void,
): ObservedBody | undefined {
  if (isStream(response)) return { response: counting(response, onEnd) };
  if (typeof response !== 'object' || response === null || !('body' in response)) return undefined;
  if (!isStream(response.body)) return undefined;
  return { response: { ...response, body: counting(response.body, onEnd) } };
}

type Stream = Readable | ReadableStream;

function isStream(value: unknown): value is Stream {
  return value instanceof Readable || value instanceof ReadableStream;
}

function counting(source: Stream, onEnd: (ending: BodyEnding) => void): Stream {
  return source instanceof Readable ? countingReadable(source, onEnd) : countingWebStream(source, onEnd);
}

function countingReadable(source: Readable, onEnd: (ending: BodyEnding) => void): Readable {
  let bytes = 0;
  const counter = new Transform({
    objectMode: source.readableObjectMode,
    transform(chunk: unknown, _encoding, pass) {
      bytes += sizeOf(chunk);
      pass(null, chunk);
    },
  });
  // The pipeline hands errors on in both directions, but is over before the last chunk has been read.
  pipeline(source, counter, () => undefined);
  finished(counter, (error) => onEnd(error ? { bytes, failure: { error } } : { bytes }));
  return counter;
}

function countingWebStream(source: ReadableStream, onEnd: (ending: BodyEnding) => void): ReadableStream {
  const reader = source.getReader() as ReadableStreamDefaultReader<unknown>;
  let bytes = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          onEnd({ bytes });
          return;
        }
        bytes += sizeOf(value);
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        onEnd({ bytes, failure: { error } });
      }
    },
    async cancel(reason) {
      onEnd({ bytes, failure: { error: reason ?? new Error('The reader of the response went away') } });
      await reader.cancel(reason);
    },
  });
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  return chunk instanceof Uint8Array || chunk instanceof ArrayBuffer ? chunk.byteLength : 0;
}
