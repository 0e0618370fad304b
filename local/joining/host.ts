/** The Lantern that runs services: its own, and those that join it. */
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { joinedBanner } from '../banner.ts';
import { MOST_APIS } from '../command-options.ts';
import { commandsToTry } from '../commands-to-try.ts';
import { close, listen } from '../http/loopback.ts';
import type { LocalPorts } from '../ports.ts';
import type { StackService } from '../stack/services.ts';
import type { Stack } from '../start-stack.ts';
import type { ReadServiceResult } from '../template/read-service.ts';
import type { ServiceDefinition } from '../template/service.ts';
import type { Terminal } from '../terminal.ts';
import { conflictOf, labelOf } from './combine.ts';
import type { JoinOffer, RunningFunction, SharedSettings } from './join-contract.ts';
import type { ServiceSource } from './service-source.ts';
import { readSource } from './service-source.ts';

export interface HostOptions {
  readonly source: ServiceSource;
  readonly ports: LocalPorts;
  readonly version: string;
  readonly settings: SharedSettings;
  readonly terminal: Terminal;
  /** Told of what differs from AWS in its own service, in sentences. */
  readonly warn: (message: string) => void;
  readonly queueUrlOf: (queueName: string) => string;
  /** Starts what its own service needs. */
  readonly startStack: (service: ServiceDefinition) => Promise<Stack>;
}

/** A service that runs here. */
interface Member {
  readonly source: ServiceSource;
  readonly terminal: Terminal;
  /** Of each of its APIs, by its place in the service. */
  readonly apiPort: (index: number) => number;
  readonly read: ReadServiceResult;
}

/** A service that has joined. */
export interface Membership {
  readonly banner: string;
  readonly functions: readonly RunningFunction[];
  /** Ends its functions and what feeds them. What lies in its queues and tables stays. Once is enough. */
  leave(): Promise<void>;
}

/** Why a service cannot join, in a sentence for whoever starts it. */
export class JoinRefusedError extends Error {
  override readonly name = 'JoinRefusedError';
}

export class Host {
  readonly #options: HostOptions;
  #members: readonly Member[] = [];
  #stack: Stack | undefined;
  /** The ports that the APIs of a service had: it gets them again when it comes back. */
  readonly #ports = new Map<string, readonly number[]>();
  /** What services exported that have left: their queues and tables are there, as those of a stack that stays deployed. */
  #left: Readonly<Record<string, string>> = {};
  /** One change after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /**
   * Starts its own service.
   *
   * @returns the functions that run.
   * @throws Error for people when something cannot start; what had started is stopped again.
   */
  async start(): Promise<readonly RunningFunction[]> {
    const { source, terminal, ports, warn, startStack } = this.#options;
    const [own] = this.#readAll([{ source, terminal, apiPort: (index) => ports.api(index) }]);
    if (own === undefined) throw new Error('There is no service to start.');
    for (const warning of own.read.warnings) warn(warning);
    this.#stack = await startStack(own.read.service);
    this.#members = [own];
    return own.read.service.functions;
  }

  offer(): JoinOffer {
    const { version, settings } = this.#options;
    return {
      version,
      region: this.#options.source.region,
      services: this.#members.map(({ source: { name, stage } }) => ({ name, stage })),
      exports: { ...this.#left, ...exportsOf(this.#members) },
      settings,
    };
  }

  /** @throws JoinRefusedError, and Error for people when something of it cannot run; what runs goes on as before. */
  join(source: ServiceSource, terminal: Terminal): Promise<Membership> {
    return this.#inTurn(async () => {
      this.#refuse(source);
      const free = await this.#freePorts(source.name);
      const apiPort = (index: number): number => {
        const port = free[index];
        if (port !== undefined) return port;
        throw new JoinRefusedError(
          `No port is left for the APIs of ${labelOf(source)}: services that run together have ${MOST_APIS} APIs and function ` +
            'URLs at most. Start it with --alone and another --port',
        );
      };
      const warnings = await this.#run([...this.#members, { source, terminal, apiPort }]);
      const member = this.#members.at(-1);
      if (member === undefined) throw new Error('A service that has joined is gone.');
      const { service, warnings: read } = member.read;
      const used = service.apis.length + service.functionUrls.length;
      this.#ports.set(source.name, free.slice(0, used));
      for (const warning of [...read, ...warnings]) terminal.notice(warning);
      let left: Promise<void> | undefined;
      return {
        banner: joinedBanner({
          service,
          host: labelOf(this.#options.source),
          page: `http://localhost:${this.#options.ports.console}`,
          apiPort,
          tryThis: commandsToTry(service, { ...this.#options.ports, api: apiPort }, source.tryThis),
        }),
        functions: service.functions,
        leave: () => (left ??= this.#leave(member.source)),
      };
    });
  }

  /** Gives functions of any of the services other code: see `Stack.updateCode`. */
  async updateCode(codeDirectories: ReadonlyMap<string, string>): Promise<void> {
    await this.#running().updateCode(codeDirectories);
  }

  async stop(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#stack?.stop();
  }

  #running(): Stack {
    if (this.#stack === undefined) throw new Error('Lantern has not started.');
    return this.#stack;
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const done = this.#work.then(task, task);
    this.#work = done.catch(() => undefined);
    return done;
  }

  #leave(source: ServiceSource): Promise<void> {
    return this.#inTurn(async () => {
      const leaving = this.#members.filter((member) => member.source === source);
      this.#left = { ...this.#left, ...exportsOf(leaving) };
      await this.#run(this.#members.filter((member) => !leaving.includes(member)));
    });
  }

  #refuse({ name, stage, region }: ServiceSource): void {
    const running = this.#members.find(({ source }) => source.name === name);
    if (running !== undefined) {
      throw new JoinRefusedError(
        `${labelOf(running.source)} runs here already${running.source.stage === stage ? '' : ', in another stage'}. Stop it, or ` +
          'start this one with --alone and another --port',
      );
    }
    const { source } = this.#options;
    if (region === source.region) return;
    throw new JoinRefusedError(
      `${labelOf(source)}, which runs, is of ${source.region}, and ${labelOf({ name, stage })} of ${region}: services that run ` +
        'together share one region. Start it with --region, or with --alone and another --port',
    );
  }

  /**
   * Has these services run and no others, or leaves everything as it was.
   *
   * @returns what of the new ones has no effect here.
   */
  async #run(wanted: readonly Omit<Member, 'read'>[]): Promise<readonly string[]> {
    const before = this.#members;
    const after = this.#readAll(wanted);
    for (const [index, { read }] of after.entries()) {
      for (const earlier of after.slice(0, index)) {
        const conflict = conflictOf(read.service, earlier.read.service);
        if (conflict !== undefined) throw new JoinRefusedError(conflict);
      }
    }
    try {
      const warnings = await this.#update(after);
      this.#members = after;
      this.#tellChanged(before, after);
      return warnings;
    } catch (error) {
      await this.#update(before);
      throw error;
    }
  }

  async #update(members: readonly Member[]): Promise<readonly string[]> {
    const stack = this.#running();
    const [own, ...others] = members.map(({ source, terminal, apiPort, read }, index): StackService => {
      if (index === 0) return { ...stack.first, definition: read.service };
      return {
        definition: read.service,
        apiPort,
        terminal,
        tryThis: commandsToTry(read.service, { ...this.#options.ports, api: apiPort }, source.tryThis),
        lowerCaseHeaders: source.lowerCaseHeaders,
        directory: source.directory,
      };
    });
    return own === undefined ? [] : stack.update([own, ...others]);
  }

  /** What a service takes from another one's stack is there when the other one is: both are read until nothing changes. */
  #readAll(members: readonly Omit<Member, 'read'>[]): readonly Member[] {
    let exports = this.#left;
    for (let round = 0; ; round += 1) {
      const takenKeys = new Set<string>();
      const read = members.map((member): Member => {
        const { queueUrlOf } = this.#options;
        const result = readSource(member.source, {
          ...member,
          queueUrlOf,
          exports,
          takenKeys: new Set(takenKeys),
        });
        for (const { key } of result.service.functions) takenKeys.add(key);
        return { ...member, read: result };
      });
      const found = { ...this.#left, ...exportsOf(read) };
      // What goes through as many stacks as there are has arrived.
      if (round >= members.length || isDeepStrictEqual(found, exports)) return read;
      exports = found;
    }
  }

  #tellChanged(before: readonly Member[], after: readonly Member[]): void {
    const joined = after.filter(({ source }) => !before.some((each) => each.source === source));
    for (const { source, terminal, read } of after) {
      const earlier = before.find((each) => each.source === source);
      if (earlier === undefined) continue;
      for (const other of joined) terminal.notice(`${labelOf(other.source)} has joined`);
      if (isDeepStrictEqual(earlier.read.service, read.service)) continue;
      terminal.notice(
        'What this service takes from other stacks is another now: its functions begin anew with it',
      );
    }
  }

  /** The ports of APIs that no service has and no program listens on, those first that the service had before. */
  async #freePorts(name: string): Promise<readonly number[]> {
    const { ports } = this.#options;
    const taken = new Set(
      this.#members.flatMap(({ apiPort, read: { service } }) =>
        [...service.apis, ...service.functionUrls].map((_, index) => apiPort(index)),
      ),
    );
    const all = Array.from({ length: MOST_APIS }, (_, index) => ports.api(index));
    const had = this.#ports.get(name) ?? [];
    const free: number[] = [];
    for (const port of new Set([...had, ...all]))
      if (!taken.has(port) && (await isFree(port))) free.push(port);
    return free;
  }
}

function exportsOf(members: readonly Member[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...members.map(({ read }) => read.exports)) as Readonly<Record<string, string>>;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, 'an API', { port });
    return true;
  } catch {
    return false;
  } finally {
    await close(server);
  }
}
