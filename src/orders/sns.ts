import { SNSClient } from '@aws-sdk/client-sns';
import { observeClient } from '../index.ts';

export const sns = observeClient(new SNSClient({}));
