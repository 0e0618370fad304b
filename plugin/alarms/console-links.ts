import type { Expression, Inventory } from 'lambda-lantern-local/template';
import type { ResourceKind, Resources } from './resource-kinds.ts';

/** The page of AWS' console to look at first, of the right region and partition. */
export function consoleLink<Kind extends ResourceKind>(
  kind: Kind,
  resource: Resources[Kind],
  { region }: Pick<Inventory, 'region'>,
): Expression {
  return joinTexts(consoleOf(region), ...(PAGES[kind] as Page<Kind>)(resource, region));
}

type Page<Kind extends ResourceKind> = (resource: Resources[Kind], region: string) => readonly Expression[];

const PAGES: { readonly [Kind in ResourceKind]: Page<Kind> } = {
  function: ({ name }, region) => [`/lambda/home?region=${region}#/functions/`, name, '?tab=monitoring'],
  capacityProvider: (_provider, region) => [`/lambda/home?region=${region}#/capacity-providers`],
  queue: ({ name }, region) => [
    `/sqs/v3/home?region=${region}#/queues/https%3A%2F%2Fsqs.${region}.`,
    { Ref: 'AWS::URLSuffix' },
    '%2F',
    { Ref: 'AWS::AccountId' },
    '%2F',
    name,
  ],
  topic: ({ name }, region) => [
    `/sns/v3/home?region=${region}#/topic/arn:`,
    { Ref: 'AWS::Partition' },
    `:sns:${region}:`,
    { Ref: 'AWS::AccountId' },
    ':',
    name,
  ],
  table: ({ name }, region) => [`/dynamodbv2/home?region=${region}#table?tab=monitoring&name=`, name],
  api: ({ kind, id, stage }, region) =>
    kind === 'REST'
      ? [`/apigateway/main/apis/`, id, `/stages?api=`, id, `&region=${region}&stage=`, stage]
      : [`/apigateway/main/api-detail?api=`, id, `&region=${region}`],
  rule: ({ name, eventBusName = 'default' }, region) => [
    `/events/home?region=${region}#/eventbus/`,
    eventBusName,
    '/rules/',
    name,
  ],
  schedule: (_schedule, region) => [`/scheduler/home?region=${region}#schedules`],
  stateMachine: ({ name }, region) => [`/states/home?region=${region}#/statemachines/view/`, name],
  account: (_inventory, region) => [`/lambda/home?region=${region}#/discover`],
};

/** A page of CloudWatch. */
export function cloudWatchLink(region: string, fragment: Expression): Expression {
  return joinTexts(`${consoleOf(region)}/cloudwatch/home?region=${region}`, fragment);
}

export function dashboardLink(region: string, name: string): Expression {
  return cloudWatchLink(region, `#dashboards/dashboard/${name}`);
}

/** A link in Markdown, for dashboards. */
export function markdownLink(text: string, target: Expression): Expression {
  return joinTexts(`[${text}](`, target, ')');
}

/** Where the pages of the console begin; China and GovCloud have consoles of their own. */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}

/** One text, where nothing of it is left to the deployment. */
export function joinTexts(...parts: readonly Expression[]): Expression {
  const joined: Expression[] = [];
  for (const part of parts.flatMap(partsOf)) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  const [only] = joined;
  return joined.length === 1 && only !== undefined ? only : { 'Fn::Join': ['', joined] };
}

function partsOf(part: Expression): readonly Expression[] {
  if (typeof part === 'string') return [part];
  const [separator, texts] = (part['Fn::Join'] ?? []) as readonly [string?, (readonly Expression[])?];
  return separator === '' && texts !== undefined ? texts : [part];
}
