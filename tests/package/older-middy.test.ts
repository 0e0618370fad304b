import { afterEach, describe, expect, it } from 'vitest';
import { freePorts, portsOf } from '../helpers/local-stack.ts';
import { pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const SERVERLESS_YML = `service: older
plugins: [serverless-lambda-lantern]
package: { patterns: ['!**', index.mjs] }
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1 }
functions:
  show: { handler: index.handler, events: [http: GET /] }
`;

const HANDLER = `import middy from '@middy/core';
export const handler = middy(async () => ({ statusCode: 200, body: 'as before' }));
`;

let project: ScratchProject | undefined;
afterEach(() => project?.remove());

async function serviceWith(middy: string, ...ours: string[]): Promise<ScratchProject> {
  project = await createScratchProject(ours, { ...pinned('serverless'), '@middy/core': middy });
  await project.write('serverless.yml', SERVERLESS_YML);
  await project.write('index.mjs', HANDLER);
  return project;
}

function serverless(of: ScratchProject, ...args: string[]) {
  return of.start(['node_modules/serverless/bin/serverless.js', ...args], {
    AWS_ACCESS_KEY_ID: '',
    AWS_PROFILE: '',
    SLS_NOTIFICATIONS_MODE: 'off',
  });
}

describe('a service with an older Middy', () => {
  it.each(['4', '6'])(
    'gets the plugin beside @middy/core@%s: alarms, and its pipelines run',
    async (version) => {
      const older = await serviceWith(version, 'serverless-lambda-lantern', 'lambda-lantern-local');
      expect(older.installLog).not.toMatch(/ERESOLVE|peer/);
      const alarms = serverless(older, 'alarms');
      expect(await alarms.exited, alarms.output()).toBe(0);
      expect(alarms.stdout()).toMatch(/Alarms of older in the stage dev, eu-west-1: \d+/);
      expect(alarms.output()).not.toContain('lambda-lantern needs');

      const port = await freePorts(20);
      const local = serverless(older, 'local', '--memory', ...portsOf(port, port + 5));
      await local.until('Ctrl-C stops everything');
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('as before');
      local.child.kill('SIGINT');
      expect(await local.exited).toBe(0);
    },
  );

  it('is not given the middlewares: npm says which Middy they need', async () => {
    const refused = serviceWith('6', 'lambda-lantern');
    await expect(refused).rejects.toThrow(/peer @middy\/core@"\^7\.7\.0" from lambda-lantern/);
  });
});
