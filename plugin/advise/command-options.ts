/** Options of `serverless advise`, as the command line declares and delivers them. */
export const ADVISE_COMMAND_OPTIONS = {
  format: { usage: 'text, or json for machines (text)', type: 'string' },
  days: { usage: 'How many days are looked at, 1 to 15, 14 by default', type: 'string' },
} as const;

export interface AdviseCommandOptions {
  readonly format?: string;
  readonly days?: string;
  /** Of the framework. */
  readonly 'aws-profile'?: string;
}
