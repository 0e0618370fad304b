import { expect } from 'vitest';

export interface Listening {
  /** What was heard so far. */
  readonly events: { name: string; data: unknown }[];
  readonly ended: Promise<void>;
}

/** Listens to a console's server-sent events. */
export async function listenToEvents(url: string): Promise<Listening> {
  const response = await fetch(`${url}/api/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: Listening['events'] = [];
  const read = async (): Promise<void> => {
    let received = '';
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(
      new TextDecoderStream(),
    )) {
      received += chunk;
      const messages = received.split('\n\n');
      received = messages.pop() ?? '';
      for (const message of messages) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(message) ?? [];
        if (name !== undefined && data !== undefined) events.push({ name, data: JSON.parse(data) });
      }
    }
  };
  return { events, ended: read() };
}
