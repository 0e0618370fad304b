import { asObject } from '../local/template/index.ts';
import { refuse } from './refuse.ts';
import { resourceLimitProblems } from './resource-limit.ts';
import type { Serverless } from './serverless.ts';
import { templateSizeProblems } from './template-size.ts';
import type { WatchedService } from './watch-service.ts';

/**
 * Whether CloudFormation takes the template, with all that was added to it. Runs last.
 *
 * @throws Serverless' own error, which stops the packaging, when it has too many resources or bytes.
 */
export function checkSize(serverless: Serverless, { plan, resources }: WatchedService): void {
  const template = asObject(serverless.service.provider.compiledCloudFormationTemplate);
  const dashboards = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
  refuse(serverless, 'The service is too large:', [
    ...resourceLimitProblems(asObject(template.Resources), plan),
    ...templateSizeProblems(template, dashboards),
  ]);
}
