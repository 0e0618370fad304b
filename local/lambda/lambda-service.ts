/** The local AWS Lambda service: runs the functions of a service in processes that speak the Lambda Runtime API. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FunctionDefinition, FunctionNotRun } from '../template/service.ts';
import type { SegmentSink } from '../xray/document.ts';
import type { AwsCredentials } from './environment-variables.ts';
import { EnvironmentPool } from './environment-pool.ts';
import type { EnvironmentLine } from './execution-environment.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { Invoke, InvokeRequest, InvokeResponse, LogSink, ReportSink } from './invocation.ts';
import {
  InvalidRequestError,
  RequestTooLargeError,
  ThrottledError,
  refuseNotRun,
  UnknownFunctionError,
} from './invocation.ts';
import { LambdaInvocation } from './lambda-invocation.ts';
import type { RuntimeInvocation } from './runtime-api.ts';
import { ACCOUNT_CONCURRENCY, INIT_TIMEOUT_MS, MAX_REQUEST_PAYLOAD } from './limits.ts';
import type { AwsCalls } from './runtime-process.ts';
import { beginTrace } from './trace-context.ts';

export interface LambdaServiceOptions {
  readonly functions: readonly FunctionDefinition[];
  /**
   * Functions that answer every call with an error that says why.
   *
   * @default none
   */
  readonly functionsNotRun?: readonly FunctionNotRun[];
  readonly region: string;
  readonly accountId: string;
  /** Variables for every function, for example `AWS_ENDPOINT_URL_SQS`; a function's own win over them. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Leads calls to AWS elsewhere; without it they go to AWS. */
  readonly awsCalls?: AwsCalls | undefined;
  /** Of the developer, where calls go to AWS itself; otherwise they are made up. */
  readonly credentials?: AwsCredentials | undefined;
  /** `host:port` of the X-Ray daemon. */
  readonly daemonAddress: string;
  /** Gets every line of a function and of the service, an invocation's lines before its promise resolves. */
  readonly onLog: LogSink;
  readonly onReport: ReportSink;
  readonly onSegment: SegmentSink;
  /**
   * Most environments of one function; a lower reserved concurrency counts instead. Invocations beyond them wait for one: how
   * many processes a machine bears is none of a function's own limits.
   *
   * @default 10
   */
  readonly concurrencyLimit?: number;
  /**
   * Milliseconds after which an unused environment is ended.
   *
   * @default 600000, ten minutes
   */
  readonly idleTimeoutMs?: number;
  /**
   * Milliseconds that a function may take to load.
   *
   * @default 10000, as in Lambda
   */
  readonly initTimeoutMs?: number;
  /**
   * Whether processes stand still between invocations, so that what a function has left undone waits for the next one.
   *
   * @default true, as in Lambda
   */
  readonly freeze?: boolean;
}

interface RegisteredFunction {
  /** As it is configured now. */
  definition: FunctionDefinition;
  /** As the template has it. */
  source: FunctionDefinition;
  readonly pool: EnvironmentPool;
}

const DEFAULT_CONCURRENCY_LIMIT = 10;
const DEFAULT_IDLE_TIMEOUT_MS = 10 * 60 * 1000;

export class LambdaService {
  readonly #options: LambdaServiceOptions;
  readonly #functions = new Map<string, RegisteredFunction>();
  #notRun: readonly FunctionNotRun[] = [];
  /** By request id. */
  readonly #running = new Map<
    string,
    { readonly invocation: LambdaInvocation; readonly done: Promise<unknown> }
  >();
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
    this.#register(options);
  }

  /** Environments start with the first invocations, as in AWS, so there is nothing to wait for. */
  start(): Promise<void> {
    this.#state = 'started';
    return Promise.resolve();
  }

  readonly invoke: Invoke = async (request) => {
    if (this.#state !== 'started')
      throw new Error(`The Lambda service is ${this.#state}: it takes no invocations.`);
    const { definition, pool } = this.#find(request.functionName);
    const sentAlong = checkRequest(request, definition);
    const requestId = request.requestId ?? randomUUID();
    const { accountId, onLog, onReport, onSegment } = this.#options;
    const trace = beginTrace(request, definition.tracingMode);
    const sinks = { onLog, onReport, onSegment };
    const invocation = new LambdaInvocation({ definition, accountId, requestId, trace, ...sinks });
    const environment = await acquire(pool, invocation, sentAlong.tenantId);
    const { payload, onStream } = request;
    const event = { payload, ...sentAlong, ...(onStream !== undefined && { onStream }) };
    const done = invocation.run(environment, event).finally(() => pool.release(environment));
    return this.#track(requestId, invocation, done);
  };

  /**
   * Gives a function another configuration. Invocations under way end with the one they began with; every later one gets
   * a new environment. The number of environments stays limited as it was.
   *
   * @throws UnknownFunctionError when no function has that name.
   */
  reconfigure(definition: FunctionDefinition): void {
    const registered = this.#find(definition.name);
    registered.definition = definition;
    void registered.pool.renew();
  }

  /**
   * Gives a function other code, in the same way.
   *
   * @returns resolves when no process runs the code of before.
   * @throws UnknownFunctionError when no function has that name.
   */
  async updateCode(functionName: string, codeDirectory: string): Promise<void> {
    const registered = this.#find(functionName);
    registered.definition = { ...registered.definition, codeDirectory };
    await registered.pool.renew();
  }

  /**
   * Has these functions and no others. One whose template says something else than before is configured anew, and goes on with the
   * code that it was given last; the processes of those that are gone end.
   *
   * @returns resolves when they have ended.
   */
  async update(services: Pick<LambdaServiceOptions, 'functions' | 'functionsNotRun'>): Promise<void> {
    const names = new Set(services.functions.map(({ name }) => name));
    const gone = [...this.#functions].filter(([name]) => !names.has(name));
    for (const [name] of gone) this.#functions.delete(name);
    this.#register(services);
    await Promise.all(gone.map(([, { pool }]) => pool.stop()));
  }

  /** The functions as they are configured now. */
  get functions(): readonly FunctionDefinition[] {
    return [...this.#functions.values()].map(({ definition }) => definition);
  }

  /** Ends every process. Invocations under way end as if their process had crashed. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    await Promise.all([...this.#functions.values()].map(({ pool }) => pool.stop()));
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done));
  }

  async #track(
    requestId: string,
    invocation: LambdaInvocation,
    done: Promise<InvokeResponse>,
  ): Promise<InvokeResponse> {
    this.#running.set(requestId, { invocation, done });
    try {
      return await done;
    } finally {
      this.#running.delete(requestId);
    }
  }

  #find(name: string): RegisteredFunction {
    const found = this.#functions.get(name);
    if (found !== undefined) return found;
    refuseNotRun(name, this.#notRun);
    const known = [...this.#functions.keys()].join(', ');
    throw new UnknownFunctionError(
      `There is no function named ${name}. The service has: ${known || 'none'}.`,
    );
  }

  #register({
    functions,
    functionsNotRun = [],
  }: Pick<LambdaServiceOptions, 'functions' | 'functionsNotRun'>): void {
    this.#notRun = functionsNotRun;
    for (const source of functions) {
      const known = this.#functions.get(source.name);
      if (known === undefined) {
        this.#functions.set(source.name, { definition: source, source, pool: this.#createPool(source) });
      } else if (!isDeepStrictEqual(known.source, source)) {
        this.reconfigure(afterwards(source, known));
        known.source = source;
      }
    }
  }

  #createPool({ name, reservedConcurrency }: FunctionDefinition): EnvironmentPool {
    const { concurrencyLimit = DEFAULT_CONCURRENCY_LIMIT, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } =
      this.#options;
    const { region, endpoints, awsCalls, credentials, daemonAddress } = this.#options;
    const { initTimeoutMs = INIT_TIMEOUT_MS, freeze = true } = this.#options;
    const concurrency = reservedConcurrency ?? ACCOUNT_CONCURRENCY;
    return new EnvironmentPool({
      functionName: name,
      limit: Math.min(concurrencyLimit, concurrency),
      concurrency,
      idleTimeoutMs,
      start: () => {
        const { definition } = this.#find(name);
        return new ExecutionEnvironment({
          definition,
          region,
          endpoints,
          awsCalls,
          credentials,
          daemonAddress,
          initTimeoutMs,
          freeze,
          path: process.env.PATH ?? '',
          onLine: (line) => this.#onLine(definition, line),
        });
      },
    });
  }

  #onLine(definition: FunctionDefinition, line: EnvironmentLine): void {
    if (line.requestId !== undefined) this.#running.get(line.requestId)?.invocation.tail.add(line.message);
    this.#options.onLog({
      functionName: definition.name,
      functionKey: definition.key,
      logGroup: definition.logGroup,
      timestamp: Date.now(),
      ...line,
    });
  }
}

/** What a function becomes when its template changes: the code that it was given meanwhile stays. */
function afterwards(
  source: FunctionDefinition,
  { definition, source: before }: RegisteredFunction,
): FunctionDefinition {
  const isRenewed = source.codeDirectory === before.codeDirectory;
  return isRenewed ? { ...source, codeDirectory: definition.codeDirectory } : source;
}

async function acquire(
  pool: EnvironmentPool,
  invocation: LambdaInvocation,
  tenantId: string | undefined,
): Promise<ExecutionEnvironment> {
  try {
    return await pool.acquire(tenantId);
  } catch (error) {
    if (error instanceof ThrottledError) invocation.throttled();
    throw error;
  }
}

/** What Lambda takes for the id of a tenant ("Invoke" in the API reference). */
const TENANT_ID = /^[a-zA-Z0-9._:/=+\-@ ]{1,256}$/;

/** @returns what goes with the event in headers */
function checkRequest(
  request: InvokeRequest,
  { name, isolatesTenants }: Pick<FunctionDefinition, 'name' | 'isolatesTenants'>,
): Pick<RuntimeInvocation, 'clientContext' | 'identity' | 'tenantId'> {
  const { payload, clientContext, identity, tenantId } = request;
  const size = Buffer.byteLength(payload);
  if (size > MAX_REQUEST_PAYLOAD) {
    throw new RequestTooLargeError(
      `The payload has ${size} bytes; Lambda takes at most ${MAX_REQUEST_PAYLOAD}.`,
    );
  }
  parseJson(payload, 'payload');
  if (tenantId !== undefined && !TENANT_ID.test(tenantId)) {
    throw new InvalidRequestError(
      `The tenant id is ${JSON.stringify(tenantId)}: expected 1 to 256 letters, digits, spaces and . _ : / = + - @`,
    );
  }
  if (isolatesTenants === true && tenantId === undefined) {
    throw new InvalidRequestError(
      `${name} isolates its tenants, and the call names none: give it the id of one (aws lambda invoke --tenant-id)`,
    );
  }
  if (isolatesTenants !== true && tenantId !== undefined) {
    throw new InvalidRequestError(
      `${name} does not isolate its tenants, and the call names one: leave it out, or set TenancyConfig`,
    );
  }
  const json = clientContext && Buffer.from(clientContext, 'base64').toString();
  return {
    ...(json !== undefined && { clientContext: inHeader(json, 'client context') }),
    ...(identity !== undefined && { identity: inHeader(identity, 'identity') }),
    ...(tenantId !== undefined && { tenantId }),
  };
}

/** Written anew, JSON has no control characters, which a header could not hold; JSON itself escapes all but this one. */
function inHeader(json: string, what: string): string {
  return JSON.stringify(parseJson(json, what)).replaceAll('\x7f', '\\u007f');
}

function parseJson(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InvalidRequestError(`The ${what} is not JSON: ${String(cause)}`, { cause });
  }
}
