import AWSXRay from 'aws-xray-sdk-core';
import type { Subsegment } from 'aws-xray-sdk-core';

/** Is told what the SDK, or whoever has got it from there, does with a subsegment. */
export interface Keeper {
  /** Whether its invocation has ended, and nothing may begin below it. */
  readonly isOver: boolean;
  /** Something begins below it. */
  adopt(child: Subsegment): void;
  annotate(key: string, value: unknown): void;
  fail(error: unknown, remote?: boolean): void;
  /** It was asked to close. */
  close(): void;
}

/**
 * A subsegment that can be handed to the SDK: what the SDK records on it and below it follows the rules of everything else
 * in the trace. It stands in no tree of the SDK's, which would hold it back until its last descendant has closed.
 */
export class KeptSubsegment extends AWSXRay.Subsegment {
  override addSubsegment(child: Subsegment): void {
    keepers.get(this)?.adopt(child);
  }

  override addAnnotation(key: string, value: boolean | string | number): void {
    keepers.get(this)?.annotate(key, value);
  }

  override addError(error: unknown, remote?: boolean): void {
    keepers.get(this)?.fail(asError(error), remote);
  }

  override close(error?: unknown, remote?: boolean): void {
    // As the SDK has it: what is falsy is no error.
    if (error) this.addError(error, remote);
    keepers.get(this)?.close();
  }

  /** It is sent as it ends, and never by the SDK. */
  override flush(): void {}
  override streamSubsegments(): undefined {}
}

/** Has a subsegment kept: one of ours, or one of the SDK's, whichever copy of the SDK made it. */
export function keep(subsegment: object, keeper: Keeper): void {
  if (!(subsegment instanceof KeptSubsegment)) Object.setPrototypeOf(subsegment, KeptSubsegment.prototype);
  keepers.set(subsegment, keeper);
}

const keepers = new WeakMap<object, Keeper>();

/** Whether something is a subsegment that is kept, and of an invocation that has ended. */
export function isOver(entity: unknown): boolean {
  return typeof entity === 'object' && entity !== null && keepers.get(entity)?.isOver === true;
}

// What takes a subsegment as an argument knows it by the name of its class (aws-xray-sdk-postgres).
Object.defineProperty(KeptSubsegment, 'name', { value: 'Subsegment' });

/** The SDK describes errors of AWS clients by their texts alone. */
function asError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof Error) return error;
  const { name, message, stack } = error as Partial<Error>;
  if (typeof message !== 'string') return error;
  return Object.assign(new Error(message), typeof name === 'string' && { name }, {
    stack: typeof stack === 'string' ? stack : '',
  });
}
