#!/usr/bin/env node
import type { Command } from './commands/command.ts';
import { EXIT } from './commands/command.ts';
import { messageOf } from './message-of.ts';
import { version } from './version.ts';

/** The program `lambda-lantern`. */

/** What there is, and how it is loaded: nobody who asks for a trace waits for what receives them. */
const COMMANDS: Readonly<Record<string, { readonly does: string; readonly load: () => Promise<Command> }>> = {
  xray: {
    does: 'receive X-Ray segments and OpenTelemetry spans on this machine, and show them on a page',
    load: async () => (await import('./commands/xray.ts')).xray,
  },
  traces: {
    does: 'find traces of a running Lantern by a filter expression',
    load: async () => (await import('./commands/traces.ts')).traces,
  },
  trace: {
    does: 'show one of them as a tree',
    load: async () => (await import('./commands/trace.ts')).trace,
  },
  logs: {
    does: 'find log lines: of one business request, a function, a level',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  tail: {
    does: 'tell traces, errors and alarms as they come',
    load: async () => (await import('./commands/tail.ts')).tail,
  },
  token: {
    does: 'make a token for trying an authorizer, and its key',
    load: async () => (await import('./commands/token.ts')).token,
  },
  mcp: {
    does: 'let an agent ask the same, by the Model Context Protocol',
    load: async () => (await import('./commands/mcp.ts')).mcp,
  },
  schedules: {
    does: 'list what runs by the clock, and run it now',
    load: async () => (await import('./commands/schedules.ts')).schedules,
  },
};

async function help(): Promise<string> {
  const { XRAY_OPTIONS } = await import('./commands/xray.ts');
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const commands = Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}\n`);
  return `Usage: lambda-lantern <command> [options]

Commands
${commands.join('')}
${XRAY_OPTIONS}
  --help     show this, or with a command what that takes
  --version  show the version

A whole service with its functions, queues and alarms: add the plugin serverless-lambda-lantern to it, and run
\`serverless local\`.
`;
}

/** @returns the exit code. */
async function run([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help') return write(await help());
  if (name === '--version') return write(`${await version()}\n`);
  const known = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (known === undefined) {
    const given = name === undefined ? 'no command was given' : `there is no "${name}"`;
    const names = Object.keys(COMMANDS).join(', ');
    throw new Error(`Expected one of the commands ${names}, but ${given}. See lambda-lantern --help.`);
  }
  const command = await known.load();
  if (command.serves !== true) endWithReader();
  return args.includes('--help') ? write(command.help) : command.run(args);
}

/** Whoever reads may have read enough, as `head` does. */
function endWithReader(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    process.exit(code === 'EPIPE' ? EXIT.found : EXIT.trouble);
  });
}

function write(text: string): 0 {
  process.stdout.write(text);
  return EXIT.found;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = EXIT.trouble;
}
