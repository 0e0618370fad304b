import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runNode } from '../helpers/run.ts';

const PROJECT = join(import.meta.dirname, '../..');
let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
  for (const folder of ['scripts', 'benchmarks', 'tests/helpers']) {
    await cp(join(PROJECT, folder), join(project.directory, folder), { recursive: true });
  }
});
afterAll(() => project.remove());

/** The import check of `npm run lint`, on the copy. */
async function lint(): Promise<{ code: number | null; output: string }> {
  const run = runNode(
    [
      join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      join(PROJECT, '.dependency-cruiser.cjs'),
      'src',
      'plugin',
      'local',
      'testing',
      'scripts',
      'benchmarks',
    ],
    project.directory,
  );
  return { code: await run.exited, output: run.output() };
}

const forbidden: ReadonlyArray<readonly [rule: string, file: string, code: string]> = [
  ['arrow:src/orders', 'src/orders/sinner.ts', "import '../telemetry/logger.ts';"],
  ['arrow:src/redaction', 'src/redaction/sinner.ts', "import '../propagation/scope.ts';"],
  ['arrow:src/redaction/walk', 'src/redaction/walk/sinner.ts', "import '../redact.ts';"],
  ['arrow:src/redaction/texts', 'src/redaction/texts/sinner.ts', "import '../walk/meter.ts';"],
  ['arrow:src/redaction/names', 'src/redaction/names/sinner.ts', "import '../texts/labels.ts';"],
  ['arrow:src/redaction/policy', 'src/redaction/policy/sinner.ts', "import '../names/deny-list.ts';"],
  ['arrow:src/redaction/detectors', 'src/redaction/detectors/sinner.ts', "import '../policy/policy.ts';"],
  ['policy-check-is-small', 'src/redaction/policy/policy.ts', "import '../detectors/traits.ts';"],
  ['benchmarks-use-no-scripts', 'benchmarks/sinner.ts', "import '../scripts/demo/until.ts';"],
  ['scripts-use-support-of-benchmarks', 'scripts/sinner.ts', "import '../benchmarks/run.ts';"],
  ['arrow:src/propagation', 'src/propagation/sinner.ts', "import type {} from '../telemetry/tracer.ts';"],
  ['arrow:src/telemetry', 'src/telemetry/sinner.ts', "import '../clients/observe-client.ts';"],
  ['arrow:src/handlers', 'src/handlers/sinner.ts', "import '../middlewares/tracing.ts';"],
  ['arrow:plugin/tracing-switch', 'plugin/tracing-switch/sinner.ts', "import '../tracing/add-tracing.ts';"],
  ['arrow:plugin', 'plugin/tracing/sinner.ts', "import '../../src/telemetry/logger.ts';"],
  ['not-to-dev-dependencies', 'plugin/sinner-2.ts', "import 'dynalite';"],
  ['not-to-dev-dependencies', 'src/propagation/sinner-2.ts', "import 'zod';"],
  ['arrow:testing', 'testing/sinner.ts', "import '../src/index.ts';"],
  ['arrow:local', 'local/sinner.ts', "import '../src/index.ts';"],
  ['middlewares-never-import-each-other', 'src/middlewares/sinner.ts', "import './tracing.ts';"],
  ['handlers-never-import-each-other', 'src/handlers/sinner-2.ts', "import './get-order.ts';"],
  ['orders-are-pure', 'src/orders/sinner-2.ts', "import '@aws-sdk/client-sns';"],
  ['x-ray-behind-one-interface', 'src/clients/sinner.ts', "import 'aws-xray-sdk-core';"],
  [
    'x-ray-behind-one-interface',
    'src/telemetry/sinner-3.ts',
    "import type { Subsegment } from 'aws-xray-sdk-core';\nexport type Own = Subsegment;",
  ],
  [
    'x-ray-behind-one-interface',
    'src/middlewares/sinner-2.ts',
    "import type { Tracer } from '@aws-lambda-powertools/tracer';\nexport type Own = Tracer;",
  ],
  ['x-ray-only-lazily', 'src/telemetry/sinner-2.ts', "import './xray/xray-tracer.ts';"],
  [
    'x-ray-only-lazily',
    'src/telemetry/sinner-4.ts',
    "import type { XRayTracerOptions } from './xray/xray-tracer.ts';\nexport type Own = XRayTracerOptions;",
  ],
  [
    'recorder-chosen-in-one-place',
    'src/middlewares/sinner-3.ts',
    "export const tracer = import('../telemetry/xray/xray-tracer.ts');",
  ],
  ['lazy-parts-only-lazily', 'src/middlewares/sinner-4.ts', "import '../lazy/recorder.ts';"],
  ['shop-is-not-published', 'src/sinner.ts', "import './orders/catalogue.ts';"],
  ['local-only-when-it-runs', 'plugin/sinner.ts', "import 'lambda-lantern-local';"],
  ['local-only-when-it-runs', 'plugin/sinner-3.ts', "import type {} from '../local/template/service.ts';"],
  ['local-command-loads-local-late', 'plugin/local/sinner.ts', "import 'lambda-lantern-local';"],
  [
    'switch-ships-without-local',
    'plugin/tracing-switch/sinner-2.ts',
    "import '../../local/template/read-inventory.ts';",
  ],
  ['template-is-light', 'local/template/sinner.ts', "import '../lambda/lambda-service.ts';"],
  ['console-shares-pure-code-only', 'local/console/sinner.ts', "import '../lambda/lambda-service.ts';"],
  ['console-runs-in-a-browser', 'local/console/sinner-2.ts', "import 'node:fs';"],
  ['filters-and-graphs-run-in-a-browser', 'local/xray/graph/sinner.ts', "import '../parse-document.ts';"],
  ['contract-speaks-of-models-only', 'local/console-contract.ts', "import './http/target.ts';"],
  ['server-never-imports-the-page', 'local/console-server/sinner.ts', "import '../console/format/time.ts';"],
];

describe('the import check of lint', () => {
  it('passes on the project as it is', async () => {
    const { code, output } = await lint();

    expect(output).toContain('no dependency violations found');
    expect(code).toBe(0);
  });

  it('fails on imports against the arrows, and names the rule and the file', async () => {
    for (const [, file, code] of forbidden) {
      const path = join(project.directory, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${code}\n`);
    }

    const { code, output } = await lint();

    expect(code).toBeGreaterThan(0);
    for (const [rule, file] of forbidden) expect(output).toContain(`error ${rule}: ${file}`);
  });
});
