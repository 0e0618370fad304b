/**
 * Runs a packaged service on this machine: in a Lantern of its own, or in one that runs already. When that one ends, the service goes
 * on by itself, or with whichever of the others was faster.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AwsEndpoints } from './aws/aws-endpoints.ts';
import { labelOf } from './joining/combine.ts';
import { checkOffer, findRunning, join, urlOf } from './joining/guest.ts';
import type { RunningLantern } from './joining/guest.ts';
import { Host, JoinRefusedError } from './joining/host.ts';
import { JoinApi } from './joining/join-api.ts';
import type { RunningFunction, SharedSettings } from './joining/join-contract.ts';
import type { RunningRecord } from './joining/running-record.ts';
import { removeRecord, writeRecord } from './joining/running-record.ts';
import type { ServiceSource } from './joining/service-source.ts';
import type { AwsCredentials } from './lambda/environment-variables.ts';
import type { LocalPorts } from './ports.ts';
import { checkPorts } from './ports.ts';
import { startStack } from './start-stack.ts';
import type { Terminal } from './terminal.ts';
import { version as ownVersion } from './version.ts';

export interface RunServiceOptions {
  readonly source: ServiceSource;
  readonly ports: LocalPorts;
  /** Real milliseconds that a minute of CloudWatch lasts. */
  readonly minuteMs: number;
  /** Whether functions stand still between invocations. */
  readonly freeze: boolean;
  /** The file that traces are kept in; without it they are kept in memory. */
  readonly tracesFile: string | undefined;
  readonly endpoints: AwsEndpoints;
  /** Asked for when calls go to AWS itself. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** Whether the service neither joins a Lantern that runs nor lets others join its own. */
  readonly alone: boolean;
  readonly terminal: Terminal;
  /** Told of what will differ from AWS, in sentences. */
  readonly warn: (message: string) => void;
  /** Called when the service can no longer run: the Lantern that it had joined has ended, and none could take its place. */
  readonly onFailed: (error: Error) => void;
}

export interface RunningService {
  /** Those that run. */
  readonly functions: readonly RunningFunction[];
  /** Gives functions other code, by deployed name; resolves when no process runs the code of before. */
  updateCode(codeDirectories: ReadonlyMap<string, string>): Promise<void>;
  /** Ends every child process of the service, and frees what it has. */
  stop(): Promise<void>;
}

/** How often, and after how many milliseconds, it is tried again to go on without the Lantern that has ended. */
const ATTEMPTS = 40;
const BETWEEN_ATTEMPTS_MS = 250;

/**
 * Finds out whether the service can run, before anything is built or written: by joining a Lantern that runs, or on free ports.
 *
 * @throws Error for people that says why not.
 */
export async function checkJoining(
  service: Pick<ServiceSource, 'name' | 'stage' | 'region'>,
  { ports, alone }: Pick<RunServiceOptions, 'ports' | 'alone'>,
): Promise<void> {
  const running = alone ? undefined : await findRunning(ports.console);
  if (running === undefined) await checkPorts(ports);
  else checkOffer(running, service, await ownVersion());
}

/** What the services of the Lantern export whose page has the port: see `exportsOf` of the template. Nothing where there is none. */
export async function exportsOfRunning(port: number): Promise<Readonly<Record<string, string>>> {
  // What is wrong with it is said when the service is to join it.
  return (await findRunning(port).catch(() => undefined))?.offer.exports ?? {};
}

/** @throws Error for people when the service cannot run; what had started is stopped again. */
export async function runService(options: RunServiceOptions): Promise<RunningService> {
  const runner = new ServiceRunner(options, await ownVersion());
  await runner.start();
  return runner;
}

/** In which process the service is now. */
type Place = Pick<RunningService, 'functions' | 'updateCode' | 'stop'>;

class ServiceRunner implements RunningService {
  readonly #options: RunServiceOptions;
  readonly #version: string;
  /** With the code that runs now. */
  #source: ServiceSource;
  #place: Promise<Place>;
  #functions: readonly RunningFunction[] = [];
  #stopped = false;

  constructor(options: RunServiceOptions, version: string) {
    this.#options = options;
    this.#version = version;
    this.#source = options.source;
    this.#place = Promise.reject(new Error('The service has not started.'));
    this.#place.catch(() => undefined);
  }

  get functions(): readonly RunningFunction[] {
    return this.#functions;
  }

  async start(): Promise<void> {
    this.#place = this.#settle();
    this.#functions = (await this.#place).functions;
  }

  async updateCode(codeDirectories: ReadonlyMap<string, string>): Promise<void> {
    const { codeDirectories: before } = this.#source;
    // First of all: wherever it goes on, it goes on with this.
    this.#source = {
      ...this.#source,
      codeDirectories: { ...before, ...Object.fromEntries(codeDirectories) },
    };
    await (await this.#place).updateCode(codeDirectories);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await (await this.#place.catch(() => undefined))?.stop();
  }

  async #settle(): Promise<Place> {
    const { alone, ports } = this.#options;
    const running = alone ? undefined : await findRunning(ports.console);
    return running === undefined ? this.#runHere() : this.#runThere(running);
  }

  async #runHere(): Promise<Place> {
    const { ports, minuteMs, freeze, tracesFile, endpoints, credentials, alone, terminal, warn } =
      this.#options;
    const source = this.#source;
    await checkPorts(ports);
    const given = endpoints.open.length > 0 ? await credentials() : undefined;
    const record: RunningRecord = {
      pid: process.pid,
      port: ports.console,
      token: randomBytes(32).toString('base64url'),
    };
    const host: Host = new Host({
      source,
      ports,
      version: this.#version,
      settings: this.#settings(),
      terminal,
      warn,
      queueUrlOf: (name) =>
        `${endpoints.chosen('sqs') ?? `http://127.0.0.1:${ports.messaging}`}/${source.accountId}/${name}`,
      startStack: (service) =>
        startStack({
          service,
          ports,
          minuteMs,
          tryThis: source.tryThis,
          freeze,
          lowerCaseHeaders: source.lowerCaseHeaders,
          tracesFile,
          serviceDirectory: source.directory,
          endpoints,
          credentials: given,
          terminal,
          ...(!alone && { joining: (request, response) => joinApi.answer(request, response) }),
        }),
    });
    const joinApi = new JoinApi({
      host,
      token: record.token,
      version: this.#version,
      onLeft: (name) => terminal.notice(`${name} has left; what lies in its queues and tables stays`),
    });
    const functions = await host.start();
    if (!alone) {
      await writeRecord(record).catch((error: unknown) =>
        terminal.notice(`Other services cannot join this one: ${(error as Error).message}`),
      );
    }
    return {
      functions,
      updateCode: (codeDirectories) => host.updateCode(codeDirectories),
      stop: async () => {
        await removeRecord(record).catch(() => undefined);
        await host.stop();
      },
    };
  }

  async #runThere(running: RunningLantern): Promise<Place> {
    const { terminal } = this.#options;
    const source = this.#source;
    checkOffer(running, source, this.#version);
    const guest = await join(running, { version: this.#version, source }, (line) => terminal.text(line));
    this.#tellSettings(running);
    void guest.ended.then(() => {
      if (this.#stopped) return;
      const [first] = running.offer.services;
      terminal.notice(
        `The Lantern of ${first === undefined ? 'another service' : labelOf(first)} at ${urlOf(running.record)} has ended, and with ` +
          'it what lay in queues and tables; this service goes on without it',
      );
      this.#place = this.#goOn();
      this.#place.catch((error: unknown) => {
        if (!this.#stopped) this.#options.onFailed(error as Error);
      });
    });
    return {
      functions: guest.functions,
      updateCode: (codeDirectories) => guest.updateCode(codeDirectories),
      stop: () => guest.leave(),
    };
  }

  /** The ports of the one that has ended are free a moment later, or another service has them that can be joined. */
  async #goOn(): Promise<Place> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (this.#stopped) throw new Error('The service was stopped.');
        return await this.#settle();
      } catch (error) {
        if (this.#stopped || attempt >= ATTEMPTS || error instanceof JoinRefusedError) throw error;
        await sleep(BETWEEN_ATTEMPTS_MS);
      }
    }
  }

  #settings(): SharedSettings {
    const { minuteMs, freeze, endpoints } = this.#options;
    return { minuteMs, freeze, elsewhere: endpoints.choices };
  }

  /** What of the settings of this service counts for nothing where it runs. */
  #tellSettings({ offer, record }: RunningLantern): void {
    const own = this.#settings();
    const differing = [
      [own.minuteMs, offer.settings.minuteMs, '--minute'],
      [own.freeze, offer.settings.freeze, 'custom.lantern.local.freeze'],
      [own.elsewhere, offer.settings.elsewhere, 'the endpoints of calls to AWS'],
    ] as const;
    const names = differing.flatMap(([mine, theirs, name]) =>
      isDeepStrictEqual(mine, theirs) ? [] : [name],
    );
    if (names.length === 0) return;
    this.#options.terminal.notice(
      `Here holds what was set for the Lantern at ${urlOf(record)}, and not this service's own: ${names.join(', ')}`,
    );
  }
}
