import { besideTheSdk } from './beside-the-sdk.ts';

// There the SDK has a segment of its own, before any invocation.
process.env.LAMBDA_TASK_ROOT = '/var/task';
besideTheSdk();
