/** Answers services that want to run in this process: see `join-contract.ts`. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendEmpty, sendJson } from '../http/answer.ts';
import { readDeclaredJson } from '../http/body.ts';
import { targetOf } from '../http/target.ts';
import { isObject } from '../json.ts';
import { messageOf } from '../message-of.ts';
import { Terminal } from '../terminal.ts';
import type { Host, Membership } from './host.ts';
import type { CodeChange, JoinMessage, JoinRequest } from './join-contract.ts';
import { CODE_PATH, JOIN_PATH } from './join-contract.ts';

/** Bytes. CloudFormation takes templates of 1 MB, and what stands around one is less. */
const MAX_REQUEST = 16 * 1024 * 1024;

/** What a terminal may leave unread, as one that is stopped by Ctrl-Z; lines beyond are left out, and counted. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

export interface JoinApiOptions {
  readonly host: Pick<Host, 'offer' | 'join' | 'updateCode'>;
  readonly token: string;
  readonly version: string;
  /** Told that a service has left. */
  readonly onLeft: (name: string) => void;
}

export class JoinApi {
  readonly #options: JoinApiOptions;
  readonly #members = new Map<string, Membership>();

  constructor(options: JoinApiOptions) {
    this.#options = options;
  }

  /** @throws RequestError for a body that is none. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, token } = this.#options;
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      request.resume();
      sendJson(response, 401, { message: 'Only programs of the user who started this Lantern may join it.' });
      return;
    }
    const { pathname, searchParams } = targetOf(request);
    switch (`${request.method ?? ''} ${pathname}`) {
      case `GET ${JOIN_PATH}`:
        sendJson(response, 200, host.offer());
        return;
      case `POST ${JOIN_PATH}`:
        await this.#join((await readDeclaredJson(request, MAX_REQUEST)) as unknown as JoinRequest, response);
        return;
      case `DELETE ${JOIN_PATH}`:
        await this.#members.get(searchParams.get('service') ?? '')?.leave();
        sendEmpty(response, 204);
        return;
      case `POST ${CODE_PATH}`: {
        const { codeDirectories } = (await readDeclaredJson(request, MAX_REQUEST)) as unknown as CodeChange;
        if (!isObject(codeDirectories)) {
          sendJson(response, 400, { message: 'Expected the folders of functions, by deployed name.' });
          return;
        }
        await host.updateCode(new Map(Object.entries(codeDirectories)));
        sendEmpty(response, 204);
        return;
      }
      default:
        sendJson(response, 404, { message: `There is no ${request.method ?? ''} ${pathname}.` });
    }
  }

  async #join({ version, source }: JoinRequest, response: ServerResponse): Promise<void> {
    if (version !== this.#options.version) {
      const message = `The Lantern that runs is of version ${this.#options.version}, this one of ${version}.`;
      sendJson(response, 409, { message });
      return;
    }
    const lines = new Lines(response);
    const terminal = new Terminal({
      write: (line) => lines.write({ line }),
      functionKeys: Object.values(source.functionKeys),
    });
    let membership: Membership;
    try {
      membership = await this.#options.host.join(source, terminal);
    } catch (error) {
      sendJson(response, 409, { message: messageOf(error) });
      return;
    }
    this.#members.set(source.name, membership);
    const left = (): void => {
      void membership.leave().then(() => {
        if (this.#members.get(source.name) !== membership) return;
        this.#members.delete(source.name);
        this.#options.onLeft(source.name);
      });
    };
    // It may have gone while it joined.
    if (response.closed) left();
    else response.once('close', left);
    lines.begin({
      joined: membership.banner,
      functions: membership.functions.map(({ name, codeDirectory }) => ({ name, codeDirectory })),
    });
  }
}

/** Lines of JSON to whoever has joined; what is written before it has is kept until then. */
class Lines {
  readonly #response: ServerResponse;
  #waiting: JoinMessage[] | undefined = [];
  #leftOut = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  begin(first: JoinMessage): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
    for (const message of [first, ...waiting]) this.write(message);
  }

  write(message: JoinMessage): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(message);
      return;
    }
    if (this.#response.closed) return;
    if (this.#response.writableLength > MAX_UNREAD_BYTES) {
      this.#leftOut += 1;
      return;
    }
    if (this.#leftOut > 0) {
      const line = `lantern | ${this.#leftOut} lines are left out: nobody read them. The page has them`;
      this.#leftOut = 0;
      this.#send({ line });
    }
    this.#send(message);
  }

  #send(message: JoinMessage): void {
    this.#response.write(`${JSON.stringify(message)}\n`);
  }
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
