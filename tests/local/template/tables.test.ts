import { describe, expect, it } from 'vitest';
import { readResources } from './read-template.ts';

const keys = {
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};
const index = {
  IndexName: 'by-owner',
  KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};
function table(properties: object) {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: { TableName: 'orders', ...keys, ...properties },
  };
}

describe('a table', () => {
  it('has what CreateTable takes, and leaves out what means nothing here', () => {
    const { service, warnings } = readResources({
      Orders: table({
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: [{ ...index, ContributorInsightsSpecification: { Enabled: true } }],
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: { 'Fn::If': ['Nowhere', true, false] },
        },
        SSESpecification: { SSEEnabled: true },
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    });
    expect(service.tables).toEqual([
      {
        name: 'orders',
        arn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/orders',
        properties: { ...keys, BillingMode: 'PAY_PER_REQUEST', GlobalSecondaryIndexes: [index] },
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('has its throughput in numbers, and provisioned billing by default', () => {
    const { service } = readResources({
      Orders: table({
        ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 2 },
        LocalSecondaryIndexes: [index],
      }),
    });
    expect(service.tables[0]?.properties).toEqual({
      ...keys,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 2 },
      LocalSecondaryIndexes: [index],
    });
  });
});
