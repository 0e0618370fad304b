import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalStack } from '../helpers/local-stack.ts';
import { freePorts, startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { SERVERLESS, runNodeOnTerminal, runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

/** Changes a file of a project copy. */
async function change(project: ProjectCopy, path: string, edit: (content: string) => string): Promise<void> {
  const file = join(project.directory, path);
  const before = await readFile(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`${path} no longer has what the test changes`);
  await writeFile(file, after);
}

/** Processes whose command line or environment names the project copy. */
/** Of functions whose traces go to this daemon. */
async function processesOf(daemonPort: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.includes(`\0_AWS_XRAY_DAEMON_PORT=${daemonPort}\0`) ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

describe('serverless local', () => {
  let project: ProjectCopy;

  beforeEach(async () => {
    project = await copyProject();
  });
  afterEach(() => project.remove());

  it('has a terminal to itself once it runs, and ends with it', async () => {
    const port = await freePorts(6);
    const args = [
      'local',
      '--stage',
      'local',
      '--port',
      String(port),
      '--daemon-port',
      String(port + 5),
      '--memory',
    ];
    const run = runNodeOnTerminal([SERVERLESS, ...args], project.directory);
    await run.until('Ctrl-C stops everything');
    const banner = run.output().length;
    await run.until('Packaging');
    expect((await fetch(`http://localhost:${port}/orders/none`)).status).toBe(404);
    await run.until(/GET \/orders\/none {2}404/);

    // The framework's progress line would have been redrawn several times by now.
    expect(run.output().slice(banner)).not.toContain('Packaging');
    run.child.kill('SIGKILL');
    await until(async () => (await processesOf(port + 5)).length === 0, 'the end of every process');
  });

  it('says in one message that a port is taken, and how to choose another', async () => {
    const port = await freePorts(6);
    const other = createServer().listen(port + 1, '127.0.0.1');
    await once(other, 'listening');

    const run = runServerless(
      ['local', '--stage', 'local', '--port', String(port), '--daemon-port', String(port + 5), '--memory'],
      project.directory,
    );
    const code = await run.exited;
    other.close();

    expect(code).toBe(1);
    expect(run.output()).toContain(`Port ${port + 1}`);
    expect(run.output()).toContain('--port');
    expect(run.output()).not.toMatch(/^\s+at /m);
  });

  it('refuses a port that is none', async () => {
    const run = runServerless(['local', '--port', 'eighty'], project.directory);

    expect(await run.exited).toBe(1);
    expect(run.output()).toContain('--port takes a port number from 1024');
    expect(run.output()).toContain('"eighty"');
    expect(run.output()).not.toMatch(/^\s+at /m);
  });

  it('says which handler is missing', async () => {
    await change(project, 'serverless.yml', (yml) =>
      yml.replace('src/handlers/get-order.handler', 'src/handlers/got-order.handler'),
    );

    const run = runServerless(['local', '--stage', 'local'], project.directory);

    expect(await run.exited).toBe(1);
    expect(run.output()).toContain('src/handlers/got-order');
    expect(run.output()).not.toMatch(/^\s+at /m);
  });

  it('says where serverless.yml is broken', async () => {
    await change(project, 'serverless.yml', (yml) => yml.replace('functions:', 'functions: ['));

    const run = runServerless(['local', '--stage', 'local'], project.directory);

    expect(await run.exited).toBe(1);
    expect(run.output()).toContain('serverless.yml');
    expect(run.output()).not.toMatch(/^\s+at /m);
  });

  it('refuses a setting that it does not know', async () => {
    await change(project, 'serverless.yml', (yml) => yml.replace('\n    local:\n', '\n    locale:\n'));

    const run = runServerless(['local', '--stage', 'local'], project.directory);

    expect(await run.exited).toBe(1);
    expect(run.output()).toContain('locale');
  });
});

describe('serverless local with a function that throws as it loads', () => {
  let stack: LocalStack;
  let broken: ProjectCopy;

  beforeAll(async () => {
    broken = await copyProject();
    const file = join(broken.directory, 'src/handlers/get-order.ts');
    await appendFile(file, "\nthrow new RangeError('no shop today');\n");
    stack = await startLocalStack(broken.directory);
  });
  afterAll(async () => {
    await stack.stop();
    await broken.remove();
  });

  it('answers 502 and names the error', async () => {
    expect((await fetch(`${stack.api}/orders/o-1`)).status).toBe(502);

    await stack.run.until('no shop today');
    expect(stack.run.output()).toMatch(/get-order .*RangeError/);
    const { traces } = await until(async () => {
      const listing = await stack.traces();
      return listing.traces[0]?.status === 'fault' ? listing : undefined;
    }, 'the faulted trace');
    expect(traces).toHaveLength(1);
  });

  it('ends every child process when it is interrupted', async () => {
    expect((await stack.order('tea')).status).toBe(201);
    expect(await processesOf(stack.daemonPort)).not.toEqual([]);

    expect(await stack.stop()).toBe(0);

    expect(await processesOf(stack.daemonPort)).toEqual([]);
  });
});
