import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { close, listen } from '../http/loopback.ts';
import type { InvokeApi } from './invoke-api.ts';
import { createInvokeApi } from './invoke-api.ts';
import type { AsyncEventSink, Invoke } from './invocation.ts';
import { handleConfiguration } from './configuration-api.ts';
import { FunctionConfigurations } from './function-configurations.ts';
import type { FunctionDefinition } from '../template/service.ts';

export interface LambdaApiOptions {
  readonly invoke: Invoke;
  readonly functions: readonly FunctionDefinition[];
  /** Told when a function has another configuration: every later invocation is to run with it. */
  readonly onConfigurationChanged: (definition: FunctionDefinition) => void;
  /**
   * Milliseconds between accepting a configuration and its being in force.
   *
   * @default 250
   */
  readonly updateDurationMs?: number;
  /** 0 takes any free one. */
  readonly port: number;
  /** How a user chooses another port; stands in the error when this one is taken. */
  readonly howToChoosePort: string;
  /** Told of each asynchronous event that is given up. */
  readonly onDropped: (message: string) => void;
  readonly onAsyncEvent?: AsyncEventSink;
}

/** The Lambda API on a port of 127.0.0.1: `aws lambda invoke --endpoint-url http://localhost:3002`. */
export class LambdaApi {
  readonly #options: LambdaApiOptions;
  readonly #invokeApi: InvokeApi;
  readonly #configurations: FunctionConfigurations;
  readonly #server: Server;

  constructor(options: LambdaApiOptions) {
    this.#options = options;
    this.#invokeApi = createInvokeApi({
      ...options,
      functionNames: options.functions.map(({ name }) => name),
      onDropped: ({ functionName, requestId, reason }) =>
        options.onDropped(`The event ${requestId} for ${functionName} is given up: ${reason}`),
    });
    this.#configurations = new FunctionConfigurations(options);
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string }> {
    const { port: wanted, howToChoosePort: howToChoose } = this.#options;
    const port = await listen(this.#server, { port: wanted, purpose: 'the Lambda API', howToChoose });
    return { url: `http://127.0.0.1:${port}` };
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
