import { besideTheSdk } from './beside-the-sdk.ts';

besideTheSdk();
