/** The answer of a function URL that streams: what the function writes goes to the client as it comes. */
import type { ServerResponse } from 'node:http';
import { parseObject } from '../json.ts';
import type { ResponseStreamSink } from '../lambda/invocation.ts';
import { HTTP_INTEGRATION_RESPONSE, PRELUDE_DELIMITER } from '../lambda/runtime-answer.ts';
import { httpResponse } from './http-response.ts';
import type { Header } from './request.ts';
import type { GatewayResponse } from './response.ts';

export class StreamedAnswer implements ResponseStreamSink {
  readonly #outgoing: ServerResponse;
  readonly #complete: (response: GatewayResponse) => readonly Header[];
  #contentType: string | undefined;
  /** What came of the metadata that stands before the body, while it is not complete. */
  #prelude: Buffer = Buffer.alloc(0);
  #status: number | undefined;
  #malformed: string | undefined;

  /** @param complete gives all headers of an answer: those of CORS, and the gateway's own */
  constructor(outgoing: ServerResponse, complete: (response: GatewayResponse) => readonly Header[]) {
    this.#outgoing = outgoing;
    this.#complete = complete;
  }

  /** The status that the client has got; undefined before the first bytes. */
  get status(): number | undefined {
    return this.#status;
  }

  /** Why what came is no HTTP response. */
  get malformed(): string | undefined {
    const isCutOff = this.#prelude.length > 0;
    return this.#malformed ?? (isCutOff ? 'its metadata does not end in eight NULs' : undefined);
  }

  /** Whether the function answers by a stream, even one without any bytes. */
  get begun(): boolean {
    return this.#contentType !== undefined;
  }

  begin(contentType: string): void {
    this.#contentType = contentType;
  }

  write(chunk: Uint8Array): void {
    if (this.#malformed !== undefined) return;
    if (this.#status !== undefined) this.#outgoing.write(chunk);
    else if (this.#contentType === HTTP_INTEGRATION_RESPONSE) this.#readPrelude(chunk);
    else {
      this.#writeHead({
        status: 200,
        headers: [['Content-Type', this.#contentType ?? '']],
        body: Buffer.alloc(0),
      });
      this.#outgoing.write(chunk);
    }
  }

  /** To be called when all has come, of an answer that has a status. */
  end(): void {
    this.#outgoing.end();
  }

  /** The client sees that the answer is not whole, as it would in AWS. */
  breakOff(): void {
    this.#outgoing.destroy();
  }

  #readPrelude(chunk: Uint8Array): void {
    this.#prelude = Buffer.concat([this.#prelude, chunk]);
    const end = this.#prelude.indexOf(PRELUDE_DELIMITER);
    if (end === -1) return;
    const metadata = parseObject(this.#prelude.toString('utf8', 0, end));
    try {
      if (metadata === undefined) throw new Error('its metadata is no JSON object');
      this.#writeHead(httpResponse(JSON.stringify({ statusCode: 200, ...metadata, body: '' })));
    } catch (error) {
      this.#malformed = (error as Error).message;
      return;
    }
    const rest = this.#prelude.subarray(end + PRELUDE_DELIMITER.length);
    this.#prelude = Buffer.alloc(0);
    if (rest.length > 0) this.#outgoing.write(rest);
    // Without bytes Node would keep the head back, and a client that waits for it would wait for the body.
    else this.#outgoing.flushHeaders();
  }

  #writeHead(response: GatewayResponse): void {
    this.#status = response.status;
    this.#outgoing.writeHead(response.status, this.#complete(response).flat());
  }
}
