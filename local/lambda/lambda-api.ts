import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { sendAwsError } from '../http/aws-error.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import type { FunctionDefinition, FunctionNotRun } from '../template/service.ts';
import { toLambdaError } from './api-request.ts';
import type { AsyncInvocationsOptions } from './async-invocations.ts';
import { handleConfiguration } from './configuration-api.ts';
import { FunctionConfigurations } from './function-configurations.ts';
import { InvokeApi } from './invoke-api.ts';

export interface LambdaApiOptions extends PortOptions, Omit<AsyncInvocationsOptions, 'onDropped'> {
  readonly functions: readonly FunctionDefinition[];
  /** Functions that answer every call with an error that says why; none where undefined. */
  readonly functionsNotRun?: readonly FunctionNotRun[];
  /** Told when a function has another configuration: every later invocation is to run with it. */
  readonly onConfigurationChanged: (definition: FunctionDefinition) => void;
  /**
   * Milliseconds between accepting a configuration and its being in force.
   *
   * @default 250
   */
  readonly updateDurationMs?: number;
  /** Told of each asynchronous event that is given up. */
  readonly onDropped: (message: string) => void;
}

/** The Lambda API on a port of 127.0.0.1: `aws lambda invoke --endpoint-url http://localhost:3002`. */
export class LambdaApi {
  readonly #options: LambdaApiOptions;
  readonly #invokeApi: InvokeApi;
  readonly #configurations: FunctionConfigurations;
  readonly #server: Server;

  constructor(options: LambdaApiOptions) {
    this.#options = options;
    this.#invokeApi = new InvokeApi({
      ...options,
      functionNames: options.functions.map(({ name }) => name),
      onDropped: ({ functionName, requestId, reason }) =>
        options.onDropped(`The event ${requestId} for ${functionName} is given up: ${reason}`),
    });
    this.#configurations = new FunctionConfigurations(options);
    this.#server = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: (request, response) => this.#handle(request, response),
      fail: (error, response) => sendAwsError(response, toLambdaError(error)),
    });
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string }> {
    const port = await listen(this.#server, 'the Lambda API', this.#options);
    return { url: `http://127.0.0.1:${port}` };
  }

  /** Knows these functions and no others. */
  update({ functions, functionsNotRun = [] }: Pick<LambdaApiOptions, 'functions' | 'functionsNotRun'>): void {
    this.#configurations.update(functions);
    this.#invokeApi.update({ functionNames: functions.map(({ name }) => name), functionsNotRun });
  }

  /** Tells of a function's new code: a later change of its configuration is one of that. */
  codeChanged(functionName: string, codeDirectory: string): void {
    this.#configurations.updateCode(functionName, codeDirectory);
  }

  async stop(): Promise<void> {
    await close(this.#server);
    this.#configurations.stop();
    await this.#invokeApi.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await handleConfiguration(this.#configurations, request, response)) return;
    await this.#invokeApi.handle(request, response);
  }
}
