import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../plugin/alarms/alarm-plan.ts';
import type { LocalStack } from '../helpers/local-stack.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

let project: ProjectCopy;
let service: string;
let stack: LocalStack | undefined;
beforeAll(async () => {
  project = await copyProject();
  service = await addService(project, 'notes');
});
afterAll(async () => {
  await stack?.stop();
  await project.remove();
});

/** As a page of another origin would. */
async function createNote(api: string, body: object): Promise<Response> {
  return fetch(`${api}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://notes.example' },
    body: JSON.stringify(body),
  });
}

describe('an old JavaScript service of callbacks that gets nothing but the plugin', () => {
  it('is packaged as before: nothing of ours is in it', async () => {
    const run = runServerless(['package'], service);
    expect(await run.exited, run.output()).toBe(0);
    const archive = await readFile(join(service, '.serverless/notes.zip'));
    expect(Object.keys(unzipSync(archive)).sort()).toEqual([
      'handlers/answer.js',
      'handlers/create-note.js',
      'handlers/read-note.js',
    ]);
  });

  it('has alarms on its functions, its API and its table', async () => {
    const run = runServerless(['alarms', '--format', 'json'], service);
    expect(await run.exited, run.output()).toBe(0);
    const { alarms } = JSON.parse(run.stdout()) as AlarmPlan;
    expect(new Set(alarms.map(({ id }) => id.split('.')[0]))).toEqual(
      new Set(['function', 'api', 'table', 'account']),
    );
  });

  it('answers to pages of other origins, keeps its notes, and its traces show Lambda and the gateway', async () => {
    const running = await startLocalStack(service);
    stack = running;
    const { api } = running;
    const created = await createNote(api, { text: 'water the plants' });
    expect(created.status).toBe(201);
    expect(created.headers.get('access-control-allow-origin')).toBe('*');
    const { id, greeting } = (await created.json()) as { id: string; greeting: string };
    expect(greeting).toBe('kept for you');
    expect(await (await fetch(`${api}/notes/${id}`)).json()).toEqual({ id, text: 'water the plants' });
    expect((await fetch(`${api}/notes/none`)).status).toBe(404);
    expect((await createNote(api, { text: 7 })).status).toBe(400);
    expect(
      (await fetch(`${api}/notes`, { method: 'OPTIONS' })).headers.get('access-control-allow-methods'),
    ).toBe('OPTIONS,POST');

    const listed = await until(async () => {
      const found = (await running.traces()).traces;
      return found.find(({ http }) => http?.status === 201 && http.method === 'POST');
    }, 'the trace of the new note');
    const page = await running.trace(listed.id);
    expect(page.trace.segments.map(({ name, origin }) => [name, origin])).toEqual([
      ['local-notes/local', 'AWS::ApiGateway::Stage'],
      ['notes-local-createNote', 'AWS::Lambda'],
      ['notes-local-createNote', 'AWS::Lambda::Function'],
    ]);
  });
});
