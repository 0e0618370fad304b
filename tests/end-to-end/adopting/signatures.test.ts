import { createReadStream } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { close, listen } from '../../../local/http/loopback.ts';
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
let strangers: Tokens;
let stack: LocalStack | undefined;

beforeAll(async () => {
  [project, ours, others, strangers] = await Promise.all([
    copyProject(),
    Tokens.make(),
    Tokens.make(),
    Tokens.make(),
  ]);
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([project.remove(), ours.remove(), others.remove(), strangers.remove()]);
});

it('checks signatures of tokens once it has keys, in a file or at an address, which lambda-lantern token has made', async () => {
  const service = await addService(project, bookings.name);
  const [token, othersToken] = await Promise.all([ours.of(READER), others.of(READER)]);
  await copyFile(ours.keys, join(service, 'test-keys.json'));
  let published = ours.keys;
  const issuer = createServer((_request, response) => createReadStream(published).pipe(response));
  const address = `http://127.0.0.1:${await listen(issuer, 'the issuer', { port: 0 })}/jwks.json`;
  onTestFinished(() => close(issuer));
  const file = join(service, 'serverless.yml');
  const authorizers = `members: { keys: ./test-keys.json }, guests: { keys: '${address}' }`;
  // Courts are for members, and everybody whose keys are at the address may see them, too.
  const yml = (await readFile(file, 'utf8'))
    .replace('custom:\n', `custom:\n  lantern: { local: { authorizers: { ${authorizers} } } }\n`)
    .replace(/      members:\n((?: {8}.*\n)+)/, '$&      guests:\n$1')
    .replace(
      'httpApi: GET /courts\n',
      'httpApi: { method: GET, path: /courts, authorizer: { name: guests } }\n',
    );
  await writeFile(file, yml);

  stack = await startLocalStack(service);
  const { api, run } = stack;
  const statusFor = async (path: string, bearer: string): Promise<number> =>
    (await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${bearer}` } })).status;

  expect(run.output()).not.toContain('does not check signatures');
  for (const path of ['/bookings', '/courts']) {
    expect(await statusFor(path, token)).toBe(200);
    expect(await statusFor(path, othersToken)).toBe(401);
  }
  // The issuer has other keys now: the address is asked again, the file is as it was.
  published = others.keys;
  expect(await statusFor('/courts', othersToken)).toBe(200);
  expect(await statusFor('/courts', token)).toBe(401);
  expect(await statusFor('/bookings', othersToken)).toBe(401);

  await close(issuer);
  expect(await statusFor('/courts', await strangers.of(READER))).toBe(500);
  await run.until(`the keys of the authorizer guests in ${address}: fetch failed: connect ECONNREFUSED`);
});
