/** `serverless alarms --learn`: asks CloudWatch what was, and proposes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WatchedService } from '../watch-service.ts';
import { learnJson, learnReport } from './learn-report.ts';
import { learnedSettings, learnThresholds } from './learn-thresholds.ts';
import { lastDays, readMetrics } from './metric-reader.ts';
import { withCloudWatch } from './with-cloudwatch.ts';

/** In the folder of `serverless.yml`. */
export const LEARNED_FILE = 'lantern-learned.json';

export interface LearnCommand {
  readonly format: 'text' | 'json';
  readonly days: number;
  readonly write: boolean;
  readonly anomaly: boolean;
  readonly profile?: string | undefined;
}

/** @throws Error for people. */
export async function runLearn(
  { inventory, plan }: WatchedService,
  { format, days, write, anomaly, profile }: LearnCommand,
  serviceDir: string,
): Promise<string> {
  const span = lastDays(days);
  const functions = await learnThresholds(inventory, plan, days, (metrics) =>
    withCloudWatch({ region: inventory.region, profile }, (client) => readMetrics(client, metrics, span)),
  );
  const settings = write ? learnedSettings(functions, { anomaly }) : undefined;
  if (settings !== undefined) {
    await writeFile(join(serviceDir, LEARNED_FILE), `${JSON.stringify(settings, null, 2)}\n`);
  }
  if (format === 'json') return learnJson(inventory, functions, days);
  const written = write ? (settings === undefined ? 'nothing' : LEARNED_FILE) : undefined;
  return learnReport(inventory, functions, { days, written });
}
