/** `serverless alarms --learn`: asks CloudWatch what was, and proposes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { WatchedService } from '../watch-service.ts';
import { learnJson, learnReport } from './learn-report.ts';
import { learnedSettings, learnThresholds } from './learn-thresholds.ts';
import { lastDays, readMetrics } from './metric-reader.ts';

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
  const client = new CloudWatchClient({
    region: inventory.region,
    ...(profile !== undefined && { profile }),
  });
  try {
    const span = lastDays(days);
    const functions = await learnThresholds(inventory, plan, days, (metrics) =>
      readMetrics(client, metrics, span),
    );
    const settings = write ? learnedSettings(functions, { anomaly }) : undefined;
    if (settings !== undefined) {
      await writeFile(join(serviceDir, LEARNED_FILE), `${JSON.stringify(settings, null, 2)}\n`);
    }
    if (format === 'json') return learnJson(inventory, functions, days);
    const written = write ? (settings === undefined ? 'nothing' : LEARNED_FILE) : undefined;
    return learnReport(inventory, functions, { days, written });
  } catch (error) {
    throw new Error(`CloudWatch was not read: ${messageOf(error)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ECONNREFUSED') {
    return `it does not answer (${error.message}). Look at AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_CLOUDWATCH.`;
  }
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
