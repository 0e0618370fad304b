import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect } from 'vitest';
import type { LocalStack } from '../../helpers/local-stack.ts';
import type { AdoptedService } from './adopted-service.ts';
import { segmentsOf } from './adopted-service.ts';

/** As `curl` does it from a terminal. */
async function runNow({ console }: LocalStack, id: string): Promise<void> {
  const response = await fetch(`${console}/api/schedules`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id }),
  });
  expect(response.ok, await response.text()).toBe(true);
}

async function putMember({ port }: LocalStack, detail: object): Promise<void> {
  const client = new EventBridgeClient({
    endpoint: `http://localhost:${port + 18}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const entry = { EventBusName: 'reminders-local', Source: 'club.members', DetailType: 'Member joined' };
    const answer = await client.send(
      new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }),
    );
    expect(answer.FailedEntryCount).toBe(0);
  } finally {
    client.destroy();
  }
}

export const reminders: AdoptedService = {
  name: 'reminders',
  kind: 'a service of events and schedules, partly in Python and in an image',
  packages: {
    'remind.zip': ['functions/remind.js', 'package.json'],
    'greet.zip': ['functions/greet.js', 'package.json'],
    'deliver.zip': ['functions/deliver.js', 'package.json'],
    'report.zip': ['functions/report.py'],
  },
  alarmed: ['function', 'queue', 'rule', 'schedule', 'account'],
  named: [
    /reminders-local-report is not run locally: .*python3\.13/,
    /reminders-local-print is not run locally: .*container image/,
  ],
  async use(stack) {
    await runNow(stack, 'rule/default/weekly-local');
    await stack.run.until('To everyone: The courts close at nine.');
    await runNow(stack, 'schedule/default/evening-local');
    await stack.run.until('To parents: The courts close at nine.');

    await putMember(stack, { name: 'Mia', age: 11, plan: 'full' });
    await putMember(stack, { name: 'Tom', age: 30, plan: 'trial' });
    await putMember(stack, { name: 'Ada', age: 36, plan: 'full' });
    await stack.run.until('Welcome, Ada');
    expect(stack.run.output()).not.toMatch(/Welcome, (Mia|Tom)/);

    expect(await segmentsOf(stack, 'reminders-local-remind')).toEqual([
      ['reminders-local-remind', 'AWS::Lambda'],
      ['reminders-local-remind', 'AWS::Lambda::Function'],
    ]);
    expect(await segmentsOf(stack, 'reminders-local-deliver')).toContainEqual([
      'reminders-local-deliver',
      'AWS::Lambda',
    ]);
  },
};
