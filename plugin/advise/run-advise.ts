/** `serverless advise`: asks CloudWatch what the functions of a deployed stage did, and says what their numbers advise. */
import { messageOf } from 'lambda-lantern-local/template';
import { formatFrom } from '../alarms-command/command-options.ts';
import { daysFrom } from '../learn/days.ts';
import { lastDays, readMetrics } from '../learn/metric-reader.ts';
import { withCloudWatch } from '../learn/with-cloudwatch.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import type { WatchedService } from '../watch-service.ts';
import { adviseJson, adviseReport } from './advise-report.ts';
import type { Advice } from './advise.ts';
import { adviseOn } from './advise.ts';
import type { AdviseCommandOptions } from './command-options.ts';
import { questionsAbout } from './measure.ts';

/** @throws Serverless' own error, for what the user can mend. */
export async function runAdviseCommand(
  serverless: Serverless,
  options: AdviseCommandOptions,
  { writeText }: Pick<PluginUtilities, 'writeText'>,
  compiled: () => Promise<WatchedService>,
): Promise<void> {
  try {
    const format = formatFrom(options);
    const days = daysFrom(options.days);
    const { inventory } = await compiled();
    const onAlarm = serverless.service.custom?.lantern?.tracing?.onAlarm;
    // What only alarms call is meant to rest.
    const functions = inventory.functions.filter(({ key }) => key !== onAlarm);
    writeText(await advise({ ...inventory, functions }, { format, days, profile: options['aws-profile'] }));
  } catch (error) {
    if (error instanceof serverless.classes.Error) throw error;
    throw new serverless.classes.Error(messageOf(error), 'LANTERN_ADVISE');
  }
}

/** @throws Error for people, where CloudWatch cannot be read. */
export async function advise(
  inventory: WatchedService['inventory'],
  options: { readonly format: 'text' | 'json'; readonly days: number; readonly profile?: string | undefined },
): Promise<string> {
  const { format, days, profile } = options;
  const asked = inventory.functions.map((fn) => ({ fn, questions: questionsAbout(fn) }));
  const metrics = asked.flatMap(({ questions }) => questions?.metrics ?? []);
  const answers = await withCloudWatch({ region: inventory.region, profile }, (client) =>
    readMetrics(client, metrics, lastDays(days)),
  );
  let next = 0;
  const unknown: string[] = [];
  const advice = asked.flatMap(({ fn, questions }): readonly Advice[] => {
    if (questions === undefined) {
      unknown.push(`Nothing can be said of ${fn.key}: its name is known only when it is deployed.`);
      return [];
    }
    const own = answers.slice(next, (next += questions.metrics.length));
    const seen = questions.evaluate(own);
    if (seen.memoryMaximum === undefined && seen.invocations > 0) {
      unknown.push(
        `Of ${fn.key} no memory was measured: its alarm "memory" makes that metric, once it is deployed.`,
      );
    }
    return adviseOn(fn, seen, days);
  });
  const sorted = advice.toSorted((a, b) => (b.saving?.to ?? 0) - (a.saving?.to ?? 0));
  const found = { days, advice: sorted, unknown };
  return format === 'json' ? adviseJson(inventory, found) : adviseReport(inventory, found);
}
