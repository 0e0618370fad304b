import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../../plugin/alarms/alarm-plan.ts';
import { startLocalStack } from '../../helpers/local-stack.ts';
import type { ProjectCopy } from '../../helpers/project-copy.ts';
import { addService, copyProject } from '../../helpers/project-copy.ts';
import { runServerless } from '../../helpers/run.ts';
import { bookings } from './bookings.ts';
import { imports } from './imports.ts';
import { notes } from './notes.ts';
import { reminders } from './reminders.ts';

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

describe.each([notes, bookings, imports, reminders])(
  '$name, $kind, that gets nothing but the plugin',
  ({ name, packages, alarmed, named = [], use }) => {
    let service: string;
    beforeAll(async () => {
      service = await addService(project, name);
    });

    it('is packaged as before: nothing of ours is in it', async () => {
      const run = runServerless(['package'], service);
      expect(await run.exited, run.output()).toBe(0);
      for (const [archive, files] of Object.entries(packages)) {
        const entries = unzipSync(await readFile(join(service, '.serverless', archive)));
        expect(Object.keys(entries).sort()).toEqual(files);
      }
    });

    it('has alarms on what it is made of', async () => {
      const run = runServerless(['alarms', '--format', 'json'], service);
      expect(await run.exited, run.output()).toBe(0);
      const { alarms } = JSON.parse(run.stdout()) as AlarmPlan;
      expect(new Set(alarms.map(({ id }) => id.split('.')[0]))).toEqual(new Set(alarmed));
    });

    it('says what cannot run here, does its work, and its traces show Lambda', async () => {
      const stack = await startLocalStack(service);
      try {
        for (const line of named) expect(stack.run.output()).toMatch(line);
        await use(stack);
      } finally {
        await stack.stop();
      }
    });
  },
);
