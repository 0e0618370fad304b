/** Reads and changes the functions of a service through the Lambda API. */
import type { GetFunctionConfigurationCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetFunctionConfigurationCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionSnapshot } from './decide.ts';
import { BEFORE_VARIABLE, TRACING_VARIABLE } from './names.ts';
import { patiently } from './patience.ts';
import type { TracingConfiguration } from './tracing-state.ts';
import { environmentWith } from './tracing-state.ts';

export interface LambdaFunction extends FunctionSnapshot {
  readonly name: string;
  readonly arn: string;
  readonly revisionId: string | undefined;
  /** An update is in progress: no other is taken before it has ended. */
  readonly updating: boolean;
}

/** Somebody else changed the configuration, or is at it: read it again. */
export class ConfigurationBusyError extends Error {
  override readonly name = 'ConfigurationBusyError';
}

/** There is no such function, or it may not be looked at: the roles that the plugin makes name the functions of the service. */
export class NotOurFunctionError extends Error {
  override readonly name = 'NotOurFunctionError';
}

export class LambdaFunctions {
  readonly #client: LambdaClient;
  readonly #deadline: number;

  /** @param deadline epoch milliseconds, after which nothing is tried again. */
  constructor(client: LambdaClient, deadline: number) {
    this.#client = client;
    this.#deadline = deadline;
  }

  /**
   * @throws NotOurFunctionError with Lambda's refusal as its cause.
   * @throws Error when Lambda does not show the environment: what cannot be read must not be written back.
   */
  async read(name: string): Promise<LambdaFunction> {
    const configuration = await this.#configuration(name);
    const { Environment, FunctionArn: arn = name, RevisionId: revisionId } = configuration;
    if (Environment?.Error !== undefined) {
      throw new Error(
        `The environment of ${name} cannot be read, so it is left alone: ${Environment.Error.Message ?? 'no reason given'}. ` +
          'Allow the role of the switch to decrypt with the key of the function.',
      );
    }
    const variables = Environment?.Variables ?? {};
    return {
      name,
      arn,
      revisionId,
      updating: configuration.State === 'Pending' || configuration.LastUpdateStatus === 'InProgress',
      variables,
      configuration: {
        mode: configuration.TracingConfig?.Mode === 'Active' ? 'Active' : 'PassThrough',
        variable: variables[TRACING_VARIABLE],
        before: variables[BEFORE_VARIABLE],
      },
      // After the configuration: what is decided by them is written only to a configuration as old as this.
      tags: await this.#tags(arn),
    };
  }

  async tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(tags).length === 0) return;
    await this.#changing((options) =>
      this.#client.send(new TagResourceCommand({ Resource: arn, Tags: { ...tags } }), options),
    );
  }

  async untag(arn: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#changing((options) =>
      this.#client.send(new UntagResourceCommand({ Resource: arn, TagKeys: [...keys] }), options),
    );
  }

  /**
   * Writes the tracing of a function, and the rest of its environment as it was read: Lambda takes it whole or not at all.
   *
   * @throws ConfigurationBusyError when it is no longer what was read, or being changed.
   */
  async configure(read: LambdaFunction, configuration: TracingConfiguration): Promise<void> {
    await this.#changing((options) =>
      this.#client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: read.name,
          RevisionId: read.revisionId,

          TracingConfig: { Mode: configuration.mode },
          Environment: {
            Variables: environmentWith(read.variables, configuration),
          },
        }),
        options,
      ),
    );
  }

  async #configuration(name: string): Promise<GetFunctionConfigurationCommandOutput> {
    try {
      return await patiently(this.#deadline, (options) =>
        this.#client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), options),
      );
    } catch (cause) {
      const { name: refusal, message } = cause as Error;
      if (refusal !== 'ResourceNotFoundException' && refusal !== 'AccessDeniedException') throw cause;
      throw new NotOurFunctionError(`${refusal}: ${message}`, { cause });
    }
  }

  async #tags(arn: string): Promise<Readonly<Record<string, string>>> {
    const { Tags } = await patiently(this.#deadline, (options) =>
      this.#client.send(new ListTagsCommand({ Resource: arn }), options),
    );
    return Tags ?? {};
  }

  async #changing<T>(call: Parameters<typeof patiently<T>>[1]): Promise<T> {
    try {
      return await patiently(this.#deadline, call);
    } catch (cause) {
      const { name, message } = cause as Error;
      if (name !== 'PreconditionFailedException' && name !== 'ResourceConflictException') throw cause;
      throw new ConfigurationBusyError(message, { cause });
    }
  }
}
