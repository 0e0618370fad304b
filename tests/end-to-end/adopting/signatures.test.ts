import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalStack } from '../../helpers/local-stack.ts';
import { startLocalStack } from '../../helpers/local-stack.ts';
import type { ProjectCopy } from '../../helpers/project-copy.ts';
import { addService, copyProject } from '../../helpers/project-copy.ts';
import { Tokens } from '../../helpers/tokens.ts';
import { bookings, MEMBER } from './bookings.ts';

const READER = [...MEMBER, '--scope', 'bookings/read'];

let project: ProjectCopy;
let ours: Tokens;
let others: Tokens;
let stack: LocalStack | undefined;

beforeAll(async () => {
  [project, ours, others] = await Promise.all([copyProject(), Tokens.make(), Tokens.make()]);
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([project.remove(), ours.remove(), others.remove()]);
});

it('checks signatures of tokens once it has keys, by the file that lambda-lantern token has made', async () => {
  const service = await addService(project, bookings.name);
  const token = await ours.of(READER);
  await copyFile(ours.keys, join(service, 'test-keys.json'));
  const file = join(service, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const setting = 'lantern: { local: { authorizers: { members: { keys: ./test-keys.json } } } }';
  await writeFile(file, yml.replace('custom:\n', `custom:\n  ${setting}\n`));

  stack = await startLocalStack(service);
  const { api, run } = stack;
  const statusFor = async (bearer: string): Promise<number> =>
    (await fetch(`${api}/bookings`, { headers: { authorization: `Bearer ${bearer}` } })).status;

  expect(run.output()).not.toContain('does not check signatures');
  expect(await statusFor(token)).toBe(200);
  expect(await statusFor(await others.of(READER))).toBe(401);
});
