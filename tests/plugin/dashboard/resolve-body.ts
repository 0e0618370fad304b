import { resolve } from '../../../local/template/intrinsics.ts';
import type { Scope } from '../../../local/template/intrinsics.ts';

/**
 * The body as CloudWatch gets it, with made-up names and ARNs for what only a deployment knows.
 *
 * @param declared logical ids of the template; without them any may be referred to
 */
export function resolveBody(body: unknown, declared?: ReadonlySet<string>): string {
  const text = resolve(body, 'DashboardBody', scopeOf(declared));
  if (typeof text !== 'string') throw new Error(`expected text, got ${JSON.stringify(text)}`);
  return text;
}

/** The ARN that stands for the alarm of this logical id. */
export function alarmArn(logicalId: string): string {
  return `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${logicalId}`;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-west-1',
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};

function scopeOf(declared: ReadonlySet<string> | undefined): Scope {
  const check = (logicalId: string): void => {
    if (declared?.has(logicalId) === false) throw new Error(`there is no ${logicalId} in the template`);
  };
  return {
    region: 'eu-west-1',
    reference: (name) => {
      const pseudo = PSEUDO_PARAMETERS[name];
      if (pseudo !== undefined) return pseudo;
      check(name);
      return `${name}-ref`;
    },
    attribute: (logicalId, attribute) => {
      check(logicalId);
      return attribute === 'Arn' ? alarmArn(logicalId) : `${logicalId}-name`;
    },
    condition: () => true,
    mapping: () => undefined,
    known: () => undefined,
    warn: (message) => {
      throw new Error(message);
    },
  };
}
