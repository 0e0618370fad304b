import type { Serverless } from './serverless.ts';

/** @throws Serverless' own error, which stops the packaging, when there are problems: each gets a line. */
export function refuse({ classes }: Serverless, heading: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new classes.Error([heading, ...problems.map((line) => `- ${line}`)].join('\n'), 'LANTERN_ALARMS');
}
