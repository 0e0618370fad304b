import { DAEMON_PORT, readOtlpPort, readPort } from '../command-options.ts';
import { interrupted } from '../interrupted.ts';
import { startXRay, tracesFile } from '../start-xray.ts';
import { surviveErrors } from '../survive-errors.ts';
import { OTLP_PORT } from '../xray/otlp/otlp-server.ts';
import type { Command } from './command.ts';
import { EXIT, readArguments, say } from './command.ts';

const CONSOLE_PORT = 3001;

/** The part of the help that the program's own `--help` shows too. */
export const XRAY_OPTIONS = `Options of xray
  --port <number>         port of the page (${CONSOLE_PORT})
  --daemon-port <number>  port of the X-Ray daemon, UDP and TCP (${DAEMON_PORT})
  --otlp-port <number>    port that takes spans of OpenTelemetry over HTTP (${OTLP_PORT})
  --memory                keep traces in memory, and not in a file for the next time
`;

export const xray: Command = {
  help: `Usage: lambda-lantern xray [options]

Receives X-Ray segments and OpenTelemetry spans on this machine, and shows them on a page, until it is interrupted.

${XRAY_OPTIONS}  --help                  show this
`,
  serves: true,
  async run(args) {
    const { values } = readArguments(args, {
      port: { type: 'string' },
      'daemon-port': { type: 'string' },
      'otlp-port': { type: 'string' },
      memory: { type: 'boolean' },
    });
    const file = values.memory === true ? undefined : tracesFile(process.cwd());
    const notice = (text: string): void => void process.stderr.write(`${text}\n`);
    const service = await startXRay({
      file,
      port: readPort('port', values.port, CONSOLE_PORT),
      daemonPort: readPort('daemon-port', values['daemon-port'], DAEMON_PORT),
      otlpPort: readOtlpPort(values['otlp-port']),
      onNotice: notice,
    });
    const { url, daemonAddress, otlpUrl } = service;
    surviveErrors(notice);
    say(
      `\nLambda Lantern receives X-Ray segments and OpenTelemetry spans.\n\n  Traces         ${url}\n` +
        `  X-Ray API      ${url}\n` +
        `  X-Ray daemon   ${daemonAddress} (UDP and TCP)\n` +
        (otlpUrl === undefined ? '' : `  OpenTelemetry  ${otlpUrl} (HTTP)\n`) +
        `  Kept in        ${file ?? 'memory'}\n\n` +
        `Run your program with AWS_XRAY_DAEMON_ADDRESS=${daemonAddress}` +
        (otlpUrl === undefined ? '' : `, or OTEL_EXPORTER_OTLP_ENDPOINT=${otlpUrl}`) +
        '\n\nCtrl-C stops it.',
    );
    await interrupted();
    await service.stop();
    return EXIT.found;
  },
};
