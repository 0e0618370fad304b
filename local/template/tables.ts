import type { TableDefinition } from './service.ts';
import type { Fields } from './fields.ts';
import type { Resources } from './resources.ts';

/** The tables, with what shapes their data: protection, encryption, backups and tags mean nothing here. */
export const readTables = (resources: Resources): TableDefinition[] =>
  resources.ofType('AWS::DynamoDB::Table').map(({ fields, ref, attribute }) => {
    const name = ref();
    if (fields.within('TimeToLiveSpecification').optionalBoolean('Enabled') === true) {
      resources.warn(`Items of the table ${name} do not expire locally`);
    }
    const indexes = (property: string) => {
      const list = fields.each(property).map(readIndex);
      return list.length > 0 ? { [property]: list } : {};
    };
    return {
      name,
      arn: attribute('Arn'),
      properties: {
        AttributeDefinitions: fields.value('AttributeDefinitions'),
        KeySchema: fields.value('KeySchema'),
        BillingMode: fields.optionalText('BillingMode') ?? 'PROVISIONED',
        ...throughputOf(fields),
        ...indexes('GlobalSecondaryIndexes'),
        ...indexes('LocalSecondaryIndexes'),
      },
    };
  });

const readIndex = (index: Fields): Record<string, unknown> => ({
  IndexName: index.text('IndexName'),
  KeySchema: index.value('KeySchema'),
  Projection: index.value('Projection'),
  ...throughputOf(index),
});

/** Numbers, which CreateTable insists on, though a template may give text. */
const throughputOf = (fields: Fields): Record<string, unknown> => {
  const throughput = fields.within('ProvisionedThroughput');
  if (throughput.names().length === 0) return {};
  return {
    ProvisionedThroughput: {
      ReadCapacityUnits: throughput.optionalNumber('ReadCapacityUnits'),
      WriteCapacityUnits: throughput.optionalNumber('WriteCapacityUnits'),
    },
  };
};
