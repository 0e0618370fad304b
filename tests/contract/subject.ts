import middy from '@middy/core';
import type { MiddlewareObj } from '@middy/core';
import type { DocumentReceiver } from '../helpers/document-receiver.ts';

/** A tracing stack that the contract is held against: ours, or a peer's. */
export interface Subject {
  readonly name: string;
  /** Whether its receiver takes what has not ended, and replaces it later: X-Ray does, OpenTelemetry does not. */
  readonly sendsUnfinished: boolean;
  /** A new instance of its Middy middleware. */
  middleware(options?: { readonly timeoutReserve?: number }): MiddlewareObj;
  /** Runs `fn` as a traced inner function. */
  trace<R>(name: string, fn: () => R): R;
  annotate(key: string, value: unknown): void;
  /** Puts data on the current subsegment. */
  addMetadata(key: string, value: unknown): void;
  /** Says that something failed which the function has handled itself. */
  recordError(error: unknown): void;
  /** An AWS SDK v3 client that is traced. */
  observeClient<Client extends object>(client: Client): Client;
  readonly fetch: typeof fetch;
}

/** A pipeline that the subject traces, without its handler yet. */
export function traced(subject: Subject) {
  return middy().use(subject.middleware());
}

/** What a check gets to work with. */
export interface Bench {
  readonly subject: Subject;
  /** Stands in the place of the X-Ray daemon. */
  readonly daemon: DocumentReceiver;
}

/** One thing that the contract asks for. */
export interface Check {
  /** The point of the contract that it belongs to. */
  readonly point: number;
  readonly title: string;
  /** Throws when the subject does not keep it. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** The contract, in one sentence each. */
export const POINTS: Readonly<Record<number, string>> = {
  1: 'one handler subsegment per invocation, closed and sent once, whichever way it ends',
  2: 'the error recorded is the one that was thrown, with its causes',
  3: 'a leaked or late child never loses its parent',
  4: 'parallel work nests under the function that started it',
  5: 'invocations that overlap in one process never mix',
  6: 'near the timeout, what is known so far is sent',
  7: 'unsampled, nothing is recorded and headers pass through',
  8: 'annotations keep to the rules of X-Ray',
  9: 'no document is ever lost for being too large',
  10: 'a daemon or SDK that fails changes nothing for the handler',
  11: 'a traced function stays what it is',
};
