import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XRayService } from '../../local/start-xray.ts';
import { startXRay } from '../../local/start-xray.ts';
import { PYTHON_PROGRAMS } from './moto.ts';

/*
 * Clients of AWS that are not the SDK for JavaScript, against Lantern's X-Ray: boto3 of the Python environment, and the AWS
 * CLI where the machine has one.
 */
const run = promisify(execFile);
const environment = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'eu-west-1',
  // What version 1 of the CLI reads.
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_PAGER: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

let service: XRayService;

beforeAll(async () => {
  service = await startXRay({ port: 0, daemonPort: 0, otlpPort: 0, onNotice: () => undefined });
});
afterAll(() => service.stop());

describe('boto3', () => {
  it('puts, searches, reads and draws traces, and understands errors', async () => {
    const program = join(import.meta.dirname, 'aws/xray_client.py');
    const { stdout } = await run(join(PYTHON_PROGRAMS, 'python'), [program, service.url], {
      env: environment,
    });
    const said = JSON.parse(stdout) as { start: string; newest: number };
    expect(said).toMatchObject({
      refused: 'MissingId',
      pages: [100, 100, 50],
      faults: 25,
      documents: Array.from({ length: 5 }, () => 'python-shop'),
      services: [['python-shop', 250]],
      error: { Code: 'InvalidRequestException', Message: expect.stringContaining('position 9') as string },
      modelled: true,
    });
    expect(Date.parse(said.start) / 1000).toBeCloseTo(said.newest, 2);
  });
});

function hasAwsCli(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the AWS CLI', () => {
  async function xray<Answer>(...args: string[]): Promise<Answer> {
    const { stdout } = await run(
      'aws',
      ['xray', ...args, '--endpoint-url', service.url, '--output', 'json'],
      {
        env: environment,
      },
    );
    return (stdout === '' ? undefined : JSON.parse(stdout)) as Answer;
  }

  it('puts, searches, reads and draws traces, and understands errors', async ({ skip }) => {
    if (!hasAwsCli()) skip('needs the AWS CLI, version 1 or 2');
    const begin = Math.floor(Date.now() / 1000) - 30;
    const ids = Array.from({ length: 120 }, (_, number) => {
      return `1-${begin.toString(16)}-${(0xc11 + number).toString(16).padStart(24, '0')}`;
    });
    const documents = ids.map((trace_id, number) =>
      JSON.stringify({
        id: (number + 1).toString(16).padStart(16, '0'),
        trace_id,
        name: 'cli-shop',
        start_time: begin + number / 1000,
        end_time: begin + 1,
        error: true,
      }),
    );
    await xray('put-trace-segments', '--trace-segment-documents', ...documents);
    const window = ['--start-time', String(begin - 60), '--end-time', String(begin + 60)];
    const filter = ['--filter-expression', 'service("cli-shop") AND error'];
    const { TraceSummaries } = await xray<{ TraceSummaries: { Id: string }[] }>(
      'get-trace-summaries',
      ...window,
      ...filter,
    );
    expect(TraceSummaries.map(({ Id }) => Id)).toEqual(ids.toReversed());
    const isoWindow = [
      ...['--start-time', new Date((begin - 60) * 1000).toISOString()],
      ...['--end-time', new Date((begin + 60) * 1000).toISOString()],
    ];
    const again = await xray<{ TraceSummaries: unknown[] }>('get-trace-summaries', ...isoWindow, ...filter);
    expect(again.TraceSummaries).toHaveLength(120);
    const { Traces } = await xray<{ Traces: { Id: string }[] }>(
      'batch-get-traces',
      '--trace-ids',
      ids[0] ?? '',
    );
    expect(Traces).toMatchObject([
      { Id: ids[0], Segments: [{ Document: expect.stringContaining('cli-shop') as string }] },
    ]);
    const { Services } = await xray<{ Services: { Name: string }[] }>('get-service-graph', ...window);
    expect(Services.map(({ Name }) => Name)).toContain('cli-shop');
    await xray('create-group', '--group-name', 'cli', '--filter-expression', 'error');
    expect(await xray('get-groups')).toMatchObject({ Groups: [{ GroupName: 'cli' }] });
    await expect(
      xray('get-trace-summaries', ...window, '--filter-expression', 'duration >'),
    ).rejects.toMatchObject({
      stderr: expect.stringMatching(/InvalidRequestException.*position 10/) as string,
    });
  });
});
