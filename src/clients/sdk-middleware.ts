import type { AwsAnswer } from './describe-aws-call.ts';

/** What an AWS SDK v3 client must have to be observed; every client has it. */
export interface ObservableClient {
  readonly config: { readonly region: () => Promise<string>; readonly serviceId: string };
  readonly middlewareStack: ObservableStack;
}

interface ObservableStack {
  add(middleware: never, options: never): void;
  addRelativeTo(middleware: never, options: never): void;
  identify(): string[];
}

/** What travels through the stack of an AWS SDK client: at first the command itself, its request later. */
export interface SdkArguments {
  readonly input: Readonly<Record<string, unknown>>;
  readonly request?: unknown;
}

export interface SdkResult {
  readonly output?: { readonly $metadata?: AwsAnswer };
  readonly response?: { readonly headers?: Readonly<Record<string, string>> };
}

export type SdkHandler = (args: SdkArguments) => Promise<SdkResult>;
export type SdkMiddleware = (
  next: SdkHandler,
  context: { readonly clientName?: string; readonly commandName?: string },
) => SdkHandler;

/** The SDK's own: it sends the header of the invocation where none is set yet. */
const RECURSION_DETECTION = 'recursionDetectionMiddleware';

/** The SDK's own: what follows runs once for each attempt. */
const RETRY = 'retryMiddleware';

/** Our middlewares, from the outermost to the innermost. */
export interface CallMiddlewares {
  /** Sees the whole call, retries included. */
  readonly call: SdkMiddleware;
  /** Sets the header of the call. */
  readonly header: SdkMiddleware;
  /** Sees each attempt. */
  readonly attempt: SdkMiddleware;
}

/**
 * Adds our middlewares. The one that sets the header stands right before the SDK's own: after those of the caller, so that
 * their header is kept.
 */
export function addToStack(stack: ObservableStack, { call, header, attempt }: CallMiddlewares): void {
  const add = stack.add.bind(stack) as (middleware: SdkMiddleware, options: object) => void;
  const addRelativeTo = stack.addRelativeTo.bind(stack) as typeof add;
  // One of the same name takes the place of the one before: a client that is observed twice records once.
  const named = (name: string) => ({ name, override: true });
  const has = (name: string): boolean => stack.identify().some((each) => each.startsWith(name));
  add(call, { ...named('lanternObserveCall'), step: 'initialize', priority: 'high' });
  if (has(RECURSION_DETECTION)) {
    addRelativeTo(header, {
      ...named('lanternTraceHeader'),
      relation: 'before',
      toMiddleware: RECURSION_DETECTION,
    });
  } else add(header, { ...named('lanternTraceHeader'), step: 'build', priority: 'low' });
  if (has(RETRY)) {
    addRelativeTo(attempt, { ...named('lanternObserveAttempt'), relation: 'after', toMiddleware: RETRY });
  }
}
