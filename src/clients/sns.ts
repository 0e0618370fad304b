import { SNSClient } from '@aws-sdk/client-sns';
import { observeClient } from './observe-client.ts';

export const sns = observeClient(new SNSClient({}));
