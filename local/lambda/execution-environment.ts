/**
 * One execution environment: a process with the runtime, its Runtime API, and the life Lambda gives them. It is
 * initialised once, then takes one invocation at a time until it crashes, runs out of time, or is ended.
 */
import { randomUUID } from 'node:crypto';
import type { EnvironmentSettings } from './environment-variables.ts';
import { environmentVariables } from './environment-variables.ts';
import type { FunctionError, ProcessExit } from './function-error.ts';
import { exitError, initTimeoutError, timeoutError } from './function-error.ts';
import { layersOf } from './layers.ts';
import type { RuntimeInvocation } from './runtime-api.ts';
import { RuntimeApi } from './runtime-api.ts';
import type { Answer } from './runtime-answer.ts';
import type { AwsCalls } from './runtime-process.ts';
import { RuntimeProcess, runtimeDirectory } from './runtime-process.ts';

export interface EnvironmentOptions extends Omit<
  EnvironmentSettings,
  'runtimeApi' | 'runtimeDirectory' | 'logStream'
> {
  readonly awsCalls?: AwsCalls | undefined;
  /** Milliseconds. */
  readonly initTimeoutMs: number;
  /** Whether the process stands still between invocations, as in Lambda. */
  readonly freeze: boolean;
  /** `requestId` is undefined before the first invocation; a line after one is the last one's. */
  readonly onLine: (line: EnvironmentLine) => void;
}

export interface EnvironmentLine {
  readonly logStream: string;
  readonly source: 'stdout' | 'stderr';
  readonly message: string;
  readonly requestId?: string;
}

/** How one invocation ended, and when what happened. */
export interface RunResult {
  readonly status: 'success' | 'error' | 'timeout' | 'crash' | 'init-error';
  /** The response, or the error object, as JSON. */
  readonly payload: string;
  /** Only in the first invocation of the environment. */
  readonly init?: { readonly start: Instant; readonly end: Instant };
  /** Undefined when init failed. */
  readonly invocation?: { readonly start: Instant; readonly end: Instant };
  /** When the environment was ready for the next event, or gone. */
  readonly end: Instant;
  /** MB. */
  readonly maxMemoryUsed: number;
}

type InitEnding = { readonly kind: 'ready' } | { readonly kind: 'failed'; error(requestId: string): string };

type Ending =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'exit'; readonly exit: ProcessExit };

interface Run {
  readonly requestId: string;
  readonly ended: PromiseWithResolvers<Ending>;
  /** The runtime is ready for the next event, or gone. */
  readonly released: PromiseWithResolvers<Instant>;
}

/** How often the peak is looked up while a function runs, for a process that dies before it can be asked. */
const MEMORY_SAMPLE_MS = 250;

export class ExecutionEnvironment {
  readonly logStream: string;
  /** Resolves when the process is gone and nothing of the environment is left. */
  readonly ended: Promise<void>;
  readonly #options: EnvironmentOptions;
  readonly #api: RuntimeApi;
  readonly #initialised = Promise.withResolvers<InitEnding>();
  readonly #init: { readonly start: Instant; end?: Instant; reported: boolean };
  readonly #started: Promise<void>;
  readonly #gone = Promise.withResolvers<undefined>();
  #process: RuntimeProcess | undefined;
  #initError: Answer | undefined;
  #exit: ProcessExit | undefined;
  #run: Run | undefined;
  #lastRequestId: string | undefined;
  #turn = 0;

  /** Starts at once; `run` waits for it to be initialised. */
  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.logStream = logStreamName(new Date());
    this.#init = { start: instant(), reported: false };
    this.#api = new RuntimeApi({
      onNext: () => void this.#onNext(instant()),
      onAnswer: (answer) => this.#run?.ended.resolve({ kind: 'answer', answer }),
      onInitError: (answer) => {
        this.#initError = answer;
      },
    });
    this.ended = this.#gone.promise.then(() => this.#api.close());
    const timer = setTimeout(() => this.#onInitTimeout(), options.initTimeoutMs);
    void this.#initialised.promise.then(() => clearTimeout(timer));
    this.#started = this.#start().catch((error: unknown) =>
      this.#onExit({ code: null, signal: null }, toError(error)),
    );
  }

  get alive(): boolean {
    return this.#exit === undefined;
  }

  /**
   * Runs one invocation. Never throws: every ending is a result.
   *
   * @param onDelivered called when the event is handed over, or not at all when init failed
   */
  async run(
    invocation: Omit<RuntimeInvocation, 'deadline'>,
    onDelivered: (at: Instant) => void,
  ): Promise<RunResult> {
    const { requestId } = invocation;
    const initialised = await this.#initialised.promise;
    if (initialised.kind === 'failed') return this.#failedInit(initialised.error(requestId));
    const run: Run = { requestId, ended: Promise.withResolvers(), released: Promise.withResolvers() };
    this.#run = run;
    this.#lastRequestId = requestId;
    const timeout = this.#options.definition.timeout * 1000;
    this.#process?.thaw();
    const start = instant();
    onDelivered(start);
    const timer = setTimeout(() => this.#onTimeout(run), timeout);
    const sampling = setInterval(() => void this.#peakMemory(), MEMORY_SAMPLE_MS);
    if (this.#exit === undefined) this.#api.deliver({ ...invocation, deadline: start.epoch + timeout });
    else this.#endRun(this.#exit);
    const ending = await run.ended.promise;
    const answered = instant();
    const released = await run.released.promise;
    clearTimeout(timer);
    clearInterval(sampling);
    this.#run = undefined;
    if (!this.alive) await this.ended;
    return {
      ...this.#describe(ending, requestId),
      ...this.#initOnce(),
      // Without an answer the invocation lasted until the process was gone.
      invocation: { start, end: ending.kind === 'answer' ? answered : released },
      end: released,
      maxMemoryUsed: await this.#peakMemory(),
    };
  }

  /** Ends the process, whatever it does. */
  async stop(): Promise<void> {
    await this.#started;
    this.#process?.kill();
    await this.ended;
  }

  async #start(): Promise<void> {
    const { definition, onLine, awsCalls } = this.#options;
    const { logStream } = this;
    const runtimeApi = await this.#api.listen();
    this.#process = new RuntimeProcess({
      directory: definition.codeDirectory,
      memorySize: definition.memorySize,
      awsCalls,
      layers: layersOf(definition.codeDirectory),
      hasOwnNodePath: 'NODE_PATH' in definition.environment,
      mayLackWrapper: definition.layers?.some(({ isHere }) => !isHere) === true,
      variables: environmentVariables({ ...this.#options, runtimeApi, runtimeDirectory, logStream }),
      onLine: (source, message) => {
        const requestId = this.#lastRequestId;
        onLine({ logStream, source, message, ...(requestId !== undefined && { requestId }) });
      },
      onExit: (exit, startError) => this.#onExit(exit, startError),
    });
  }

  async #onNext(at: Instant): Promise<void> {
    const turn = this.#turn++;
    await this.#process?.output.readUpTo(turn);
    if (!this.alive) return;
    if (turn === 0) {
      this.#init.end = at;
      await this.#peakMemory();
      this.#initialised.resolve({ kind: 'ready' });
    } else {
      this.#run?.released.resolve(at);
      if (this.#options.freeze) this.#process?.freeze();
    }
  }

  #onExit(exit: ProcessExit, startError?: Error): void {
    if (!this.alive) return;
    this.#exit = exit;
    this.#init.end ??= instant();
    const reported = this.#initError;
    const { codeDirectory } = this.#options.definition;
    this.#initialised.resolve({
      kind: 'failed',
      error: (requestId) => {
        if (reported !== undefined) return reported.payload;
        const { errorType, errorMessage } = exitError(requestId, exit);
        if (startError === undefined) return JSON.stringify({ errorType, errorMessage });
        const reason = `RequestId: ${requestId} Error: The runtime could not be started in ${codeDirectory}: ${String(startError)}`;
        return JSON.stringify({ errorType, errorMessage: reason });
      },
    });
    this.#endRun(exit);
    this.#gone.resolve(undefined);
  }

  #endRun(exit: ProcessExit): void {
    this.#run?.ended.resolve({ kind: 'exit', exit });
    this.#run?.released.resolve(instant());
  }

  #onInitTimeout(): void {
    this.#initialised.resolve({
      kind: 'failed',
      // Lambda would start init again within the first invocation, under the function's own timeout. Here a function
      // that needs longer fails: what is slow on a developer's machine is slower there.
      error: (requestId) => JSON.stringify(initTimeoutError(requestId, this.#options.initTimeoutMs)),
    });
    void this.stop();
  }

  #onTimeout(run: Run): void {
    // Memory first: nothing can be asked of a process that is gone.
    void this.#peakMemory().then(() => {
      run.ended.resolve({ kind: 'timeout' });
      this.#process?.kill();
    });
  }

  async #failedInit(payload: string): Promise<RunResult> {
    await this.ended;
    const end = this.#init.end ?? instant();
    return {
      status: 'init-error',
      payload,
      init: { start: this.#init.start, end },
      end,
      maxMemoryUsed: await this.#peakMemory(),
    };
  }

  #describe(ending: Ending, requestId: string): Pick<RunResult, 'status' | 'payload'> {
    const failed = (status: RunResult['status'], error: FunctionError) => ({
      status,
      payload: JSON.stringify(error),
    });
    switch (ending.kind) {
      case 'answer':
        return {
          status: ending.answer.kind === 'error' ? 'error' : 'success',
          payload: ending.answer.payload,
        };
      case 'timeout':
        return failed('timeout', timeoutError(requestId, this.#options.definition.timeout));
      case 'exit':
        return failed('crash', exitError(requestId, ending.exit));
    }
  }

  #initOnce(): Pick<RunResult, 'init'> {
    const { start, end, reported } = this.#init;
    this.#init.reported = true;
    return reported || end === undefined ? {} : { init: { start, end } };
  }

  async #peakMemory(): Promise<number> {
    return (await this.#process?.samplePeakMemory()) ?? 0;
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function logStreamName(now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
}

/** A moment on two clocks: the wall's, which people read, and a monotonic one, which measures. */
export interface Instant {
  /** Epoch milliseconds. */
  readonly epoch: number;
  /** Milliseconds since some fixed moment; only differences mean something. */
  readonly monotonic: number;
}

export function instant(): Instant {
  return { epoch: Date.now(), monotonic: performance.now() };
}

/** Milliseconds, never negative. */
export function elapsed(from: Instant, to: Instant): number {
  return Math.max(0, to.monotonic - from.monotonic);
}
