/** Options of `serverless tracing`, as the command line declares and delivers them. */
const FUNCTION_OPTION = {
  function: {
    usage: 'A function, by its key in serverless.yml or its deployed name; all of the service without it',
    shortcut: 'f',
    type: 'string',
  },
} as const;

export const TRACING_COMMAND = {
  usage: 'Turn the tracing of deployed functions on or off by hand, or show it',
  commands: {
    on: {
      usage: 'Turn tracing on, until it is turned off or for a time',
      lifecycleEvents: ['switch'],
      options: {
        ...FUNCTION_OPTION,
        for: {
          usage: 'How long, for example 15m or 2h; needs the function that alarms call',
          type: 'string',
        },
      },
    },
    off: {
      usage: 'Turn tracing off where it was turned on by hand or by an alarm',
      lifecycleEvents: ['switch'],
      options: FUNCTION_OPTION,
    },
    status: {
      usage: 'Show which functions are traced, by whom, since when, until when, and why',
      lifecycleEvents: ['show'],
      options: FUNCTION_OPTION,
    },
  },
} as const;

export interface TracingCommandOptions {
  readonly function?: string;
  readonly for?: string;
  /** Of the framework: the profile of the AWS credentials. */
  readonly 'aws-profile'?: string;
}
