/** fauxqs's S3, within this process and listening nowhere: it keeps what objects hold, and puts the parts of uploads together. */
import { buildApp } from 'fauxqs';
import { textsIn } from '../http/xml.ts';
import { S3Error } from './s3-error.ts';

export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Of the engine itself: its requests come from nowhere. */
const HOST = '127.0.0.1';

/** fauxqs refuses larger bodies of its own accord; what is taken is decided in front of it. */
const ANY_SIZE = Number.MAX_SAFE_INTEGER;

export class ObjectEngine {
  readonly #app: ReturnType<typeof buildApp>;

  constructor() {
    this.#app = buildApp({ logger: false });
    // Objects may have any content type, those that fauxqs would read as requests of SQS and SNS too.
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: ANY_SIZE }, (_request, body, done) =>
      done(null, body),
    );
  }

  /** @throws S3Error as S3 answers. */
  async send({
    method,
    bucket,
    key = '',
    query = {},
    headers = {},
    body,
  }: EngineRequest): Promise<EngineAnswer> {
    const search = new URLSearchParams(query).toString();
    const reply = await this.#app.inject({
      method,
      url: `/${bucket}/${encodeURIComponent(key)}${search === '' ? '' : `?${search}`}`,
      headers: { host: HOST, ...headers },
      ...(body !== undefined && { payload: body }),
    });
    if (reply.statusCode >= 400) throw errorIn(reply.statusCode, reply.body);
    const answered = Object.entries(reply.headers).map(([name, value]) => [name, String(value)] as const);
    return { status: reply.statusCode, headers: Object.fromEntries(answered), body: reply.rawPayload };
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}

function errorIn(status: number, body: string): S3Error {
  const [code = status === 404 ? 'NoSuchKey' : 'InternalError'] = textsIn(body, 'Code');
  const [message = body || 'The object store could not answer.'] = textsIn(body, 'Message');
  return new S3Error(status, code, message);
}
