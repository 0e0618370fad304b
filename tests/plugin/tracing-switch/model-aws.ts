/**
 * One function of Lambda, and one schedule of EventBridge Scheduler, as simply as their references describe them. Each call
 * is carried out at its turn, and answered at another: whoever tests decides what happens in between.
 */
import { CreateScheduleCommand, GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  GetFunctionConfigurationCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

export type Turn = (what: string) => Promise<unknown>;

/** The invocation has ended before its time. */
export class CutOff extends Error {}

interface Configuration {
  readonly mode: string;
  readonly variables: Readonly<Record<string, string>>;
}

export class ModelAws {
  configuration: Configuration;
  tags: Readonly<Record<string, string>> = { team: 'money' };
  /** When it runs. */
  schedule: string | undefined;
  /** Called after everything that happens. */
  watch: () => void = () => undefined;
  readonly #turn: Turn;
  #input = '';
  #revision = 0;
  #isUpdating = false;

  constructor(turn: Turn, variables: Readonly<Record<string, string>>) {
    this.#turn = turn;
    this.configuration = { mode: 'PassThrough', variables };
  }

  get isTraced(): boolean {
    const { mode, variables } = this.configuration;
    return mode === 'Active' && variables.POWERTOOLS_TRACE_ENABLED === 'true';
  }

  /** @param calls how many are answered, before whoever calls is gone. The one after that may be carried out. */
  client(calls: number): { send: (command: unknown) => Promise<unknown> } {
    let answered = 0;
    return {
      send: async (command) => {
        const what = (command as object).constructor.name;
        await this.#turn(what);
        if (answered >= calls && calls % 2 === 0) throw new CutOff();
        const answer = this.#carryOut(command);
        this.watch();
        await this.#turn(`the answer of ${what}`);
        if (answered >= calls) throw new CutOff();
        answered += 1;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
  }

  /** Somebody else changes another variable, and waits for their turn, as those do who know about revisions. */
  async deploy(table: string): Promise<void> {
    while (this.#isUpdating) await this.#turn('a deployment');
    const { mode, variables } = this.configuration;
    this.#update({ mode, variables: { ...variables, TABLE: table } });
  }

  /** The event of the schedule, which is gone then. */
  runSchedule(): { readonly until: number } {
    const { detail } = JSON.parse(this.#input) as { readonly detail: { readonly until: string } };
    this.schedule = undefined;
    return { until: Date.parse(detail.until) };
  }

  #carryOut(command: unknown): object {
    if (command instanceof GetFunctionConfigurationCommand)
      return {
        FunctionArn: 'arn',
        RevisionId: String(this.#revision),
        LastUpdateStatus: this.#isUpdating ? 'InProgress' : 'Successful',
        TracingConfig: { Mode: this.configuration.mode },
        Environment: { Variables: this.configuration.variables },
      };
    if (command instanceof UpdateFunctionConfigurationCommand) {
      const { RevisionId, TracingConfig, Environment } = command.input;
      if (this.#isUpdating) return refusal('ResourceConflictException');
      if (RevisionId !== undefined && RevisionId !== String(this.#revision))
        return refusal('PreconditionFailedException');
      this.#update({ mode: TracingConfig?.Mode ?? '', variables: Environment?.Variables ?? {} });
      return {};
    }
    if (command instanceof ListTagsCommand) return { Tags: this.tags };
    if (command instanceof TagResourceCommand) {
      this.tags = { ...this.tags, ...command.input.Tags };
      return {};
    }
    if (command instanceof UntagResourceCommand) {
      const keys = command.input.TagKeys ?? [];
      this.tags = Object.fromEntries(Object.entries(this.tags).filter(([key]) => !keys.includes(key)));
      return {};
    }
    if (command instanceof GetScheduleCommand)
      return this.schedule === undefined
        ? refusal('ResourceNotFoundException')
        : { ScheduleExpression: this.schedule };
    if (command instanceof CreateScheduleCommand && this.schedule !== undefined)
      return refusal('ConflictException');
    if (command instanceof UpdateScheduleCommand && this.schedule === undefined)
      return refusal('ResourceNotFoundException');
    if (command instanceof CreateScheduleCommand || command instanceof UpdateScheduleCommand) {
      this.schedule = command.input.ScheduleExpression;
      this.#input = command.input.Target?.Input ?? '';
      return {};
    }
    throw new TypeError('The model has no such call');
  }

  /** In progress until its turn, and with another revision after that. */
  #update(configuration: Configuration): void {
    this.configuration = configuration;
    this.#revision += 1;
    this.#isUpdating = true;
    void this.#turn('the end of an update').then(() => {
      this.#revision += 1;
      this.#isUpdating = false;
    });
  }
}

function refusal(name: string): Error {
  return Object.assign(new Error(name), { name });
}
