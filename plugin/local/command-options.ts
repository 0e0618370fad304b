/** Options of `serverless local`, as the command line declares and delivers them. */
export const LOCAL_COMMAND_OPTIONS = {
  port: {
    usage:
      'First of the ports: the API. Console, Lambda, SNS with SQS, and DynamoDB take the next four (3000)',
    type: 'string',
  },
  'daemon-port': { usage: 'Port of the X-Ray daemon, UDP and TCP (2000)', type: 'string' },
  'otlp-port': { usage: 'Port that takes spans of OpenTelemetry over HTTP (4318)', type: 'string' },
  minute: {
    usage: 'Seconds that a minute of CloudWatch lasts; 1 for trying alarms out (60)',
    type: 'string',
  },
  alone: {
    usage: 'Run apart from other services: join no Lantern that runs, and let none join this one',
    type: 'boolean',
  },
  trace: {
    usage: 'off: make no traces where serverless.yml says nothing of tracing, as in AWS (on)',
    type: 'string',
  },
  memory: { usage: 'Keep traces in memory, and not in a file for the next time', type: 'boolean' },
} as const;

export type LocalCommandOptions = { readonly 'aws-profile'?: string } & {
  readonly [
    Name in keyof typeof LOCAL_COMMAND_OPTIONS
  ]?: (typeof LOCAL_COMMAND_OPTIONS)[Name]['type'] extends 'boolean' ? boolean : string;
};
