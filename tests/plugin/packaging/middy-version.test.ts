import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oldMiddyNotice } from '../../../plugin/packaging/middy-version.ts';

/** A service below a folder with these packages installed, by version. */
async function serviceWith(versions: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lantern-middy-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, version] of Object.entries(versions)) {
    const path = join(directory, 'node_modules', name, 'package.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify({ name, version, exports: {} }));
  }
  const service = join(directory, 'services', 'orders');
  await mkdir(service, { recursive: true });
  return service;
}

describe('what is said of the Middy of a service', () => {
  it.each(['2.5.7', '4.7.0', '6.4.5', '7.0.0', '7.6.9'])(
    'with lambda-lantern beside %s is one line',
    async (version) => {
      const notice = oldMiddyNotice(await serviceWith({ 'lambda-lantern': '0.1.0', '@middy/core': version }));
      expect(notice).toContain(
        `lambda-lantern needs @middy/core 7.7 or later, and this service has ${version}`,
      );
      expect(notice).not.toContain('\n');
    },
  );

  it.each([
    ['new enough', { 'lambda-lantern': '0.1.0', '@middy/core': '7.7.0' }],
    ['newer', { 'lambda-lantern': '0.1.0', '@middy/core': '7.10.1' }],
    ['of a later major version', { 'lambda-lantern': '0.1.0', '@middy/core': '8.0.0' }],
    ['old, and the middlewares are not installed', { '@middy/core': '4.7.0' }],
    ['not there', { 'lambda-lantern': '0.1.0' }],
  ])('that is %s is nothing', async (_, versions) => {
    expect(oldMiddyNotice(await serviceWith(versions as Record<string, string>))).toBeUndefined();
  });
});
