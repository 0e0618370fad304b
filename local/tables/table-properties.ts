import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../template/service.ts';

/** What dynalite's CreateTable understands of a table and of an index; the rest of CloudFormation's is left out. */
const TABLE_PROPERTIES = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'LocalSecondaryIndexes',
  'GlobalSecondaryIndexes',
];
const INDEX_PROPERTIES = ['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput'];

/** Left out with a warning, because a service could notice. Encryption, backups and tags it could not. */
const MISSED: Readonly<Record<string, string>> = {
  KinesisStreamSpecification: 'its stream delivers nothing',
  ImportSourceSpecification: 'it starts empty',
};

/** CreateTable's input for an `AWS::DynamoDB::Table`; what is wrong in it, DynamoDB itself says. */
export function createTableInput({ name, properties }: TableDefinition): CreateTableCommandInput {
  const table = pick(properties, TABLE_PROPERTIES);
  for (const kind of ['LocalSecondaryIndexes', 'GlobalSecondaryIndexes']) {
    const indexes = table[kind];
    if (Array.isArray(indexes))
      table[kind] = indexes.map((index) => withNumbers(pick(index, INDEX_PROPERTIES)));
  }
  return { TableName: name, ...withNumbers(table) };
}

export function propertyWarnings({ name, properties }: TableDefinition): string[] {
  return Object.entries(MISSED)
    .filter(([property]) => property in properties)
    .map(([property, effect]) => `${name} has a ${property}, which has no effect locally: ${effect}.`);
}

function pick(from: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => names.includes(name)));
}

/** A template may write a number as a string; DynamoDB takes none. */
function withNumbers(object: Record<string, unknown>): Record<string, unknown> {
  const throughput = object.ProvisionedThroughput;
  if (typeof throughput !== 'object' || throughput === null) return object;
  const units = Object.entries(throughput).map(([name, value]) => [name, Number(value)]);
  return { ...object, ProvisionedThroughput: Object.fromEntries(units) as unknown };
}
