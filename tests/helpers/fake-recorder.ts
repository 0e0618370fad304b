import type { InvocationDescription, InvocationTrace, SpanDescription, Tracer } from '../../src/index.ts';

/** What a recorder was told, in order: the path of the span, the call, and its arguments. */
export type Heard = readonly [span: string, call: string, ...args: unknown[]];

export interface FakeRecorder extends Tracer {
  readonly heard: Heard[];
  calls(call: string): Heard[];
  startInvocation(invocation: InvocationDescription): InvocationTrace;
}

/** A recorder that keeps what it hears. Its headers are those of W3C: this one has nothing of X-Ray. */
export function fakeRecorder(): FakeRecorder {
  const heard: Heard[] = [];
  const spanOf = (path: string, description: SpanDescription | InvocationDescription): InvocationTrace => {
    const hear =
      (call: string) =>
      (...args: unknown[]): undefined => {
        heard.push([path, call, ...args]);
      };
    hear('start')(description);
    return {
      recording: true,
      headers: { traceparent: `of ${path}`, baggage: 'kind=fake' },
      startSpan: (child) => spanOf(`${path} > ${child.name}`, child),
      run: (fn) => fn(),
      annotate: hear('annotate'),
      addMetadata: hear('addMetadata'),
      metadataRoom: () => 10_000,
      describe: hear('describe'),
      fail: hear('fail'),
      setStatus: hear('setStatus'),
      checkpoint: hear('checkpoint'),
      end: hear('end'),
    };
  };
  return {
    heard,
    calls: (call) => heard.filter(([, name]) => name === call),
    startInvocation: (invocation) => spanOf(invocation.name, invocation),
  };
}
