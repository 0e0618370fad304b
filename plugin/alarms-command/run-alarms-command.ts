import { messageOf } from 'lambda-lantern-local/template';
import { costJson, costReport } from '../cost/cost-report.ts';
import type { Traffic } from '../cost/estimate-cost.ts';
import { addedBy, estimateCost } from '../cost/estimate-cost.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import type { WatchedService } from '../watch-service.ts';
import { alarmsJson, alarmsReport } from './alarms-report.ts';
import type { AlarmsCommandOptions } from './command-options.ts';
import { formatFrom, learningFrom, trafficFrom } from './command-options.ts';

/**
 * `serverless alarms`: compiles the service's template, builds and deploys nothing, and prints the alarms that a deployment
 * would have, or with `--cost` what it would add to the bill, or with `--learn` the thresholds that its metrics speak for.
 * Standard output has nothing else, so that it can be read by a program.
 *
 * @param compiled compiles the template, and gives what was added to it
 * @throws Serverless' own error, for what the user can mend.
 */
export async function runAlarmsCommand(
  serverless: Serverless,
  options: AlarmsCommandOptions,
  { writeText }: Pick<PluginUtilities, 'writeText'>,
  compiled: () => Promise<WatchedService>,
): Promise<void> {
  try {
    const format = formatFrom(options);
    const traffic = trafficFrom(options);
    const learning = learningFrom(options);
    const service = await compiled();
    if (learning !== undefined) {
      const { runLearn } = await import('../learn/run-learn.ts');
      writeText(await runLearn(service, { ...learning, format }, serverless.serviceDir));
      return;
    }
    writeText(traffic === undefined ? alarmsAs(format, service) : costAs(format, service, traffic));
  } catch (error) {
    if (error instanceof serverless.classes.Error) throw error;
    throw new serverless.classes.Error(messageOf(error), 'LANTERN_ALARMS');
  }
}

type Format = ReturnType<typeof formatFrom>;

function alarmsAs(format: Format, { inventory, plan }: WatchedService): string {
  return format === 'json' ? alarmsJson(inventory, plan) : alarmsReport(inventory, plan);
}

function costAs(format: Format, service: WatchedService, traffic: Traffic): string {
  const { region } = service.inventory;
  const estimate = estimateCost({ added: addedBy(service), traffic, region });
  return format === 'json' ? costJson(estimate) : costReport(estimate);
}
