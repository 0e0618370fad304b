import type { IncomingMessage } from 'node:http';

/** `broken`: the connection ended before the body did, and nobody is left to answer. */
export type Body = { readonly text: string } | 'too-large' | 'broken';

/**
 * Reads the whole body as text. The rest of a body that has more than `limit` bytes is read and thrown away: a client
 * that is still sending would not see the answer. Never throws.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    return 'broken';
  }
  return size <= limit ? { text: Buffer.concat(chunks).toString('utf8') } : 'too-large';
}
