/** dynalite, within this process and listening nowhere: requests go in by function call, one after the other or side by side. */
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import dynalite from 'dynalite';
import { validationException } from '../http/aws-error.ts';
import { RequestError } from '../http/request-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, parseObject } from '../json.ts';

/** A request with its whole body. */
export interface EngineRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** An answer of DynamoDB that is an error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly answer: EngineAnswer;
  /** For example `ConditionalCheckFailedException`. */
  readonly type: string;

  constructor(answer: EngineAnswer) {
    const body = parseObject(answer.body) ?? {};
    super(asText(body.message ?? body.Message) ?? answer.body);
    this.answer = answer;
    this.type = (asText(body.__type) ?? '').replace(/^.*#/, '');
  }
}

/** The parameters that dynalite reads as conditions. */
const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const;

/**
 * Parentheses within parentheses. dynalite's parser takes about four times as long for each more of them, and everything
 * here waits for it: 7 take a third of a second, 10 more than ten. DynamoDB itself has no such limit but 300 operators.
 */
const MAX_PARENTHESES = 7;

/** What dynalite wants of whoever calls. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=lantern, SignedHeaders=host, Signature=none',
  date: 'now',
};

export class TableEngine {
  readonly #dynamo: Server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });

  /**
   * dynalite throws into the process: when a caller dies while it sends, as a function does at its timeout, and at many a
   * value of the wrong type. It gets whole requests that are well formed, and reads each within this call, so that what it
   * throws is an answer.
   *
   * @throws RequestError for what dynalite stumbles over, AwsApiError for a condition that it would take too long to read.
   */
  async send({ method, url, headers, body }: EngineRequest): Promise<EngineAnswer> {
    checkConditions(parseObject(body.toString()) ?? {});
    const answered = Promise.withResolvers<EngineAnswer>();
    const set: Record<string, string | number> = {};
    const response = {
      statusCode: 200,
      setHeader: (name: string, value: string | number): void => {
        set[name] = value;
      },
      end(text = ''): void {
        answered.resolve({ status: this.statusCode, headers: set, body: text });
      },
    };
    const whole = Object.assign(new EventEmitter(), { method, url, headers });
    this.#dynamo.emit('request', whole, response);
    try {
      whole.emit('data', body);
      whole.emit('end');
    } catch (cause) {
      throw new RequestError('malformed', `The request cannot be read: ${String(cause)}`, { cause });
    }
    return answered.promise;
  }

  /** @throws EngineError when DynamoDB refuses. */
  async call(operation: string, input: JsonObject): Promise<JsonObject> {
    const answer = await this.send({
      method: 'POST',
      url: '/',
      headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: Buffer.from(JSON.stringify(input)),
    });
    if (answer.status !== 200) throw new EngineError(answer);
    return parseObject(answer.body) ?? {};
  }
}

/** @throws AwsApiError for a condition that dynalite would take too long to read. */
function checkConditions(body: JsonObject): void {
  for (const name of CONDITIONS) {
    const condition = body[name];
    const depth = typeof condition === 'string' ? depthOf(condition) : 0;
    if (depth <= MAX_PARENTHESES) continue;
    throw validationException(
      `Invalid ${name}: expected at most ${MAX_PARENTHESES} parentheses within each other, which is as far as the ` +
        `local DynamoDB reads, but got ${depth}. DynamoDB itself takes them; to run this here, remove ` +
        'parentheses that the order of AND, OR and NOT makes needless.',
    );
  }
}

function depthOf(condition: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of condition) {
    if (character === '(') deepest = Math.max(deepest, (depth += 1));
    else if (character === ')') depth -= 1;
  }
  return deepest;
}
