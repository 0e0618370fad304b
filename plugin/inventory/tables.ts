import type { TableResource } from './inventory.ts';
import type { TemplateResource } from './template.ts';
import { asList, asObject, ref, textOr } from './template.ts';

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

export function readTables(resources: readonly TemplateResource[]): readonly TableResource[] {
  const operations = operationsIn(resources);
  return resources
    .filter(({ type }) => type === 'AWS::DynamoDB::Table' || type === 'AWS::DynamoDB::GlobalTable')
    .map(({ logicalId, properties }) => ({
      logicalId,
      key: logicalId,
      name: textOr(properties.TableName, ref(logicalId)),
      indexes: asList(properties.GlobalSecondaryIndexes)
        .map((index) => asObject(index).IndexName)
        .filter((name) => typeof name === 'string'),
      billing: properties.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
      operations,
    }));
}

/** Every operation where no policy of the template allows any: the role of the functions is then made elsewhere. */
function operationsIn(resources: readonly TemplateResource[]): readonly string[] {
  const actions = resources
    .filter(({ type }) => type.startsWith('AWS::IAM::'))
    .flatMap(({ properties }) => [properties, ...asList(properties.Policies).map(asObject)])
    .flatMap(({ PolicyDocument: document }) => [asObject(document).Statement].flat())
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
