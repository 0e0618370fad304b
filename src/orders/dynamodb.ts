import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { observeClient } from 'lambda-lantern';

export const dynamodb = DynamoDBDocumentClient.from(observeClient(new DynamoDBClient({})));
