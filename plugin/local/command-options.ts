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
} as const;

export type LocalCommandOptions = Readonly<Partial<Record<keyof typeof LOCAL_COMMAND_OPTIONS, string>>>;
