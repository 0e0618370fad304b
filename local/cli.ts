#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { DAEMON_PORT, readOtlpPort, readPort } from './command-options.ts';
import { startXRay, tracesFile } from './start-xray.ts';
import { surviveErrors } from './survive-errors.ts';
import { OTLP_PORT } from './xray/otlp/otlp-server.ts';

/** The program `lambda-lantern`. */

const CONSOLE_PORT = 3001;

const HELP = `Usage: lambda-lantern <command> [options]

Commands
  xray    receive X-Ray segments and OpenTelemetry spans on this machine, and show them on a page

Options of xray
  --port <number>         port of the page (${CONSOLE_PORT})
  --daemon-port <number>  port of the X-Ray daemon, UDP and TCP (${DAEMON_PORT})
  --otlp-port <number>    port that takes spans of OpenTelemetry over HTTP (${OTLP_PORT})
  --memory                keep traces in memory, and not in a file for the next time

  --help     show this
  --version  show the version

A whole service with its functions, queues and alarms: add the plugin serverless-lambda-lantern to it, and run
\`serverless local\`.
`;

/** @returns the exit code; undefined while a command runs. */
async function run(args: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      'daemon-port': { type: 'string' },
      'otlp-port': { type: 'string' },
      memory: { type: 'boolean' },
      help: { type: 'boolean' },
      version: { type: 'boolean' },
    },
  });
  if (values.help === true) return say(HELP);
  if (values.version === true) return say(`${await version()}\n`);
  const [command, ...others] = positionals;
  if (command !== 'xray' || others.length > 0) {
    const given =
      positionals.length === 0 ? 'no command was given' : `there is no "${positionals.join(' ')}"`;
    throw new Error(`Expected the command xray, but ${given}. See lambda-lantern --help.`);
  }
  const file = values.memory === true ? undefined : tracesFile(process.cwd());
  const service = await startXRay({
    file,
    port: readPort('port', values.port, CONSOLE_PORT),
    daemonPort: readPort('daemon-port', values['daemon-port'], DAEMON_PORT),
    otlpPort: readOtlpPort(values['otlp-port']),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const { otlpUrl } = service;
  surviveErrors((text) => process.stderr.write(`${text}\n`));
  say(
    `\nLambda Lantern receives X-Ray segments and OpenTelemetry spans.\n\n  Traces         ${service.url}\n` +
      `  X-Ray API      ${service.url}\n` +
      `  X-Ray daemon   ${service.daemonAddress} (UDP and TCP)\n` +
      (otlpUrl === undefined ? '' : `  OpenTelemetry  ${otlpUrl} (HTTP)\n`) +
      `  Kept in        ${file ?? 'memory'}\n\n` +
      `Run your program with AWS_XRAY_DAEMON_ADDRESS=${service.daemonAddress}` +
      (otlpUrl === undefined ? '' : `, or OTEL_EXPORTER_OTLP_ENDPOINT=${otlpUrl}`) +
      '\n\nCtrl-C stops it.\n',
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void service.stop());
  }
  return undefined;
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

async function version(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('lambda-lantern-local/package.json');
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
