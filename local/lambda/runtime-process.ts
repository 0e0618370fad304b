/** The operating system's side of an environment: starts the bootstrap in a process of its own, and ends it. */
import type { ChildProcess } from 'node:child_process';
import { spawn, execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { preparePrograms } from './bootstrap-file.ts';
import { ChildOutput } from './child-output.ts';
import type { ProcessExit } from './function-error.ts';

export interface RuntimeProcessOptions {
  /** The directory of the function's code: the process runs in it. */
  readonly directory: string;
  /** MB. */
  readonly memorySize: number;
  /** Leads calls to AWS elsewhere; without it they go to AWS. */
  readonly awsCalls?: AwsCalls | undefined;
  /** The folder that stands for `/opt`; undefined where the function has no layers. */
  readonly layers?: string | undefined;
  /** Whether the template says where modules are looked for: `NODE_PATH`. @default false */
  readonly hasOwnNodePath?: boolean;
  /** Whether it runs without the program that `AWS_LAMBDA_EXEC_WRAPPER` names where that is not here. @default false */
  readonly mayLackWrapper?: boolean;
  /** The whole environment of the process. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onLine: (source: 'stdout' | 'stderr', line: string) => void;
  /** After its last line. Also when it could not be started: then with the reason. */
  readonly onExit: (exit: ProcessExit, startError?: Error) => void;
}

export interface AwsCalls {
  /** Of the front that stands for AWS. */
  readonly port: number;
  /** Names of the services whose calls do go to AWS. */
  readonly open: readonly string[];
}

/** Where the bootstrap is: `LAMBDA_RUNTIME_DIR`. */
export const runtimeDirectory: string = join(dirname(fileURLToPath(import.meta.url)), 'runtime');

/** Written once for all environments of this process. */
const programs = preparePrograms();
const bootstrap = join(programs, 'bootstrap.js');

/**
 * The part of the memory size that V8 may use for its heap: the rest is for buffers, stacks and code. Lambda's own
 * runtime for Node.js gives the same part.
 */
const HEAP_SHARE = 0.9;

/**
 * What Lambda switches off in Node, by runtime, unless `NODE_OPTIONS` switches it on ("Building Lambda functions with Node.js",
 * experimental features); before nodejs20.x Node had neither.
 */
const SWITCHED_OFF: ReadonlyArray<readonly [feature: string, runtimes: RegExp]> = [
  ['experimental-require-module', /nodejs(1[0-9]|20|22)\.x$/],
  ['experimental-detect-module', /nodejs(1[0-9]|22)\.x$/],
];

function switchedOff({
  AWS_EXECUTION_ENV: runtime = '',
  NODE_OPTIONS: options = '',
}: Readonly<Record<string, string>>) {
  return SWITCHED_OFF.filter(
    ([feature, runtimes]) => runtimes.test(runtime) && !options.includes(`--${feature}`),
  )
    .map(([feature]) => `--no-${feature}`)
    .filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
}

/** How long a process's descendants may hold its output open after it is gone. */
const CLOSE_WAIT_MS = 500;

/** The input of the one warden of this process: see warden.ts. */
let warden: Writable | undefined;

function startWarden(): Writable {
  const child = spawn(process.execPath, [join(programs, 'warden.js')], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // Whatever ends the group of this process must not end the warden with it.
    detached: true,
    windowsHide: true,
  });
  // Without a warden everything works, but for what it is there for.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child.stdin;
}

export class RuntimeProcess {
  readonly output: ChildOutput;
  readonly #child: ChildProcess;
  readonly #logStream: string;
  #alive = true;
  #peakMemory = 0;

  constructor(options: RuntimeProcessOptions) {
    const token = randomUUID();
    const heap = Math.floor(options.memorySize * HEAP_SHARE);
    const imports = preloads(options).flatMap((url) => ['--import', url]);
    const flags = [`--max-old-space-size=${heap}`, ...switchedOff(options.variables), ...imports];
    const args = [...flags, bootstrap, token];
    const wrapper = wrapperOf(options);
    const [program, programArgs] =
      wrapper === undefined ? [process.execPath, args] : [wrapper, [process.execPath, ...args]];
    const child = spawn(program, programArgs, {
      cwd: options.directory,
      env: options.variables,
      // The fourth is the lifeline: the bootstrap ends its process when this end of it closes.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in the terminal is not for it, and its descendants can be ended with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    this.#logStream = options.variables.AWS_LAMBDA_LOG_STREAM_NAME ?? '';
    this.#tellWarden('+');
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null)
      throw new Error('The runtime was started without stdout and stderr.');
    this.output = new ChildOutput({ stdout, stderr }, token, options.onLine);
    child.once('error', (error) => this.#ended(options, { code: null, signal: null }, error));
    child.once('exit', (code, signal) => {
      const exit = { code, signal };
      const timer = setTimeout(() => {
        stdout.destroy();
        stderr.destroy();
      }, CLOSE_WAIT_MS);
      child.once('close', () => {
        clearTimeout(timer);
        this.#ended(options, exit);
      });
    });
  }

  /** Ends the process and its descendants at once. `onExit` follows. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  /**
   * Has the process and its group stand still until {@link RuntimeProcess.thaw}. They can be ended meanwhile. Windows has nothing
   * for it: there they go on.
   */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const { pid } = this.#child;
    if (!this.#alive || pid === undefined) return;
    try {
      if (process.platform !== 'win32') process.kill(-pid, signal);
      else if (signal === 'SIGKILL') this.#child.kill(signal);
    } catch {
      // It has just ended by itself.
    }
  }

  /** Looks up the most memory that the process has held so far; MB. */
  async samplePeakMemory(): Promise<number> {
    const { pid } = this.#child;
    const peak = pid === undefined ? undefined : await readPeakMemory(pid);
    this.#peakMemory = Math.max(this.#peakMemory, peak ?? 0);
    return this.#peakMemory;
  }

  #tellWarden(sign: '+' | '-'): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    warden ??= startWarden();
    warden.write(`${sign} ${pid} ${this.#logStream}\n`);
  }

  #ended(options: RuntimeProcessOptions, exit: ProcessExit, startError?: Error): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#child.stdio[3]?.destroy();
    this.#tellWarden('-');
    options.onExit(exit, startError);
  }
}

/** Modules that are loaded before the bootstrap; Node loads them into the workers and forks of a function, too. */
function preloads({ awsCalls, layers, hasOwnNodePath }: RuntimeProcessOptions): string[] {
  const urls: string[] = [];
  if (awsCalls !== undefined) {
    urls.push(preload('aws-calls', { port: String(awsCalls.port), open: awsCalls.open.join(',') }));
  }
  if (layers !== undefined) urls.push(preload('module-paths', { opt: layers }));
  else if (hasOwnNodePath === true) urls.push(preload('module-paths', {}));
  return urls;
}

/** The program that Lambda starts with the runtime's command line as its arguments ("Using a wrapper script"). */
function wrapperOf({ variables, mayLackWrapper }: RuntimeProcessOptions): string | undefined {
  const { AWS_LAMBDA_EXEC_WRAPPER: wrapper = '' } = variables;
  return wrapper === '' || (mayLackWrapper === true && !existsSync(wrapper)) ? undefined : wrapper;
}

function preload(module: string, parameters: Readonly<Record<string, string>>): string {
  const url = pathToFileURL(join(programs, 'runtime', `${module}.js`));
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

const run = promisify(execFile);

/**
 * The most memory a running process has held, in MB, rounded up: the peak that Linux keeps for it, elsewhere what
 * it holds now. Undefined when the process is gone.
 */
async function readPeakMemory(pid: number): Promise<number | undefined> {
  try {
    const kilobytes =
      process.platform === 'linux'
        ? /^VmHWM:\s*(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
        : (await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim();
    return kilobytes === undefined || kilobytes === '' ? undefined : Math.ceil(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}
