import { asObject } from '../json.ts';
import type { ResolvedFields } from './fields.ts';
import type { TableResource } from './inventory.ts';
import { watched } from './inventory.ts';
import type { ResolvedResources, WrittenResources } from './resources.ts';
import type { TableDefinition } from './service.ts';

/** How a table is billed where the template does not say. */
const DEFAULT_BILLING = 'PROVISIONED';

/** The tables, with what shapes their data: protection, encryption, backups and tags mean nothing here. */
export function tablesToRun(resources: ResolvedResources): TableDefinition[] {
  return resources.ofType('AWS::DynamoDB::Table').map((table) => {
    const { fields } = table;
    const name = table.name();
    const expiry = fields.within('TimeToLiveSpecification');
    const indexes = (property: string): Record<string, unknown> => {
      const list = fields.each(property).map(indexOf);
      return list.length > 0 ? { [property]: list } : {};
    };
    const viewType = fields.within('StreamSpecification').optionalText('StreamViewType');
    return {
      name,
      arn: table.attribute('Arn'),
      ...(expiry.optionalBoolean('Enabled') === true && { timeToLive: expiry.text('AttributeName') }),
      ...(viewType !== undefined && { stream: { arn: table.attribute('StreamArn'), viewType } }),
      properties: {
        AttributeDefinitions: fields.value('AttributeDefinitions'),
        KeySchema: fields.value('KeySchema'),
        BillingMode: fields.optionalText('BillingMode') ?? DEFAULT_BILLING,
        ...throughputOf(fields),
        ...indexes('GlobalSecondaryIndexes'),
        ...indexes('LocalSecondaryIndexes'),
      },
    };
  });
}

function indexOf(index: ResolvedFields): Record<string, unknown> {
  return {
    IndexName: index.text('IndexName'),
    KeySchema: index.value('KeySchema'),
    Projection: index.value('Projection'),
    ...throughputOf(index),
  };
}

/** Numbers, which CreateTable insists on, though a template may give text. */
function throughputOf(fields: ResolvedFields): Record<string, unknown> {
  const throughput = fields.within('ProvisionedThroughput');
  if (throughput.names().length === 0) return {};
  return {
    ProvisionedThroughput: {
      ReadCapacityUnits: throughput.optionalNumber('ReadCapacityUnits'),
      WriteCapacityUnits: throughput.optionalNumber('WriteCapacityUnits'),
    },
  };
}

export function tablesToWatch(resources: WrittenResources): readonly TableResource[] {
  const operations = allowedOperations(resources);
  return resources.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((table) => ({
    ...watched(table),
    indexes: table.fields
      .each('GlobalSecondaryIndexes')
      .map((index) => index.value('IndexName'))
      .filter((name) => typeof name === 'string'),
    billing: table.fields.value('BillingMode') === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : DEFAULT_BILLING,
    operations,
  }));
}

/**
 * CloudWatch's values of `Operation`, with the IAM actions that allow them: a transaction is allowed by what it does to each
 * item.
 */
const ALLOWED_BY: Readonly<Record<string, readonly string[]>> = {
  GetItem: ['GetItem'],
  BatchGetItem: ['BatchGetItem'],
  TransactGetItems: ['GetItem'],
  Query: ['Query'],
  Scan: ['Scan'],
  PutItem: ['PutItem'],
  UpdateItem: ['UpdateItem'],
  DeleteItem: ['DeleteItem'],
  BatchWriteItem: ['BatchWriteItem'],
  TransactWriteItems: ['PutItem', 'UpdateItem', 'DeleteItem'],
};

/** Every operation where no policy of the template allows any: the role of the functions is then made elsewhere. */
function allowedOperations(resources: WrittenResources): readonly string[] {
  const actions = resources.all
    .filter(({ type }) => type.startsWith('AWS::IAM::'))
    .flatMap(({ fields }) => [fields, ...fields.each('Policies')])
    .flatMap((policy) => [policy.within('PolicyDocument').value('Statement')].flat())
    .flatMap((statement) => [asObject(statement).Action].flat())
    .filter((action) => typeof action === 'string');
  const all = Object.keys(ALLOWED_BY);
  const allowed = all.filter((operation) =>
    ALLOWED_BY[operation]?.some((name) => actions.some((action) => allows(action, `dynamodb:${name}`))),
  );
  return allowed.length > 0 ? allowed : all;
}

/** IAM ignores case in actions, and `*` stands for anything. */
function allows(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w:]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
