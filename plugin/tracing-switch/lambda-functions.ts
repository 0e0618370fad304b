/** Reads and changes the functions of a service through the Lambda API. */
import type { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetFunctionConfigurationCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Decision, FunctionSnapshot } from './decide.ts';
import { TRACING_VARIABLE } from './names.ts';
import { patiently } from './patience.ts';
import type { TracingConfiguration } from './tracing-state.ts';

export interface LambdaFunction extends FunctionSnapshot {
  readonly name: string;
  readonly arn: string;
  readonly revisionId: string | undefined;
  /** An update is in progress: no other is taken before it has ended. */
  readonly updating: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

/** Somebody else changed the configuration, or is at it: read it again. */
export class ConfigurationBusyError extends Error {
  override readonly name = 'ConfigurationBusyError';
}

export class LambdaFunctions {
  readonly #client: LambdaClient;
  readonly #deadline: number;

  /** @param deadline epoch milliseconds, after which nothing is tried again. */
  constructor(client: LambdaClient, deadline: number) {
    this.#client = client;
    this.#deadline = deadline;
  }

  /** @throws Error when Lambda does not show the environment: what cannot be read must not be written back. */
  async read(name: string): Promise<LambdaFunction> {
    const configuration = await patiently(this.#deadline, (options) =>
      this.#client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), options),
    );
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
      },
      tags: await this.tags(arn),
    };
  }

  async tags(arn: string): Promise<Readonly<Record<string, string>>> {
    const { Tags } = await patiently(this.#deadline, (options) =>
      this.#client.send(new ListTagsCommand({ Resource: arn }), options),
    );
    return Tags ?? {};
  }

  async tag(arn: string, { tags, removedTags }: Pick<Decision, 'tags' | 'removedTags'>): Promise<void> {
    if (Object.keys(tags).length > 0) {
      await this.#changing((options) =>
        this.#client.send(new TagResourceCommand({ Resource: arn, Tags: { ...tags } }), options),
      );
    }
    if (removedTags.length > 0) {
      await this.#changing((options) =>
        this.#client.send(new UntagResourceCommand({ Resource: arn, TagKeys: [...removedTags] }), options),
      );
    }
  }

  /**
   * Writes the tracing of a function, and the rest of its environment as it was read: Lambda takes it whole or not at all.
   *
   * @throws ConfigurationBusyError when it is no longer what was read, or being changed.
   */
  async configure(read: LambdaFunction, { mode, variable }: TracingConfiguration): Promise<void> {
    const variables: Record<string, string> = { ...read.variables };
    if (variable === undefined) Reflect.deleteProperty(variables, TRACING_VARIABLE);
    else variables[TRACING_VARIABLE] = variable;
    await this.#changing((options) =>
      this.#client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: read.name,
          RevisionId: read.revisionId,
          TracingConfig: { Mode: mode },
          Environment: { Variables: variables },
        }),
        options,
      ),
    );
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
