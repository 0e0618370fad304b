/** What AWS would call things in the deployment that the service stands for here. */
import { createHash } from 'node:crypto';
import { partitionOf } from './arns.ts';

/** What the pseudo parameters and every ARN are made of. */
export interface Deployment {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The domain of AWS's endpoints: `amazonaws.com`, or `amazonaws.com.cn` in China. */
  readonly urlSuffix: string;
}

/** The Serverless Framework names the stack after the service and the stage. */
export function deploymentOf(options: {
  readonly serviceName: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
}): Deployment {
  const { serviceName, stage, region, accountId } = options;
  return {
    stackName: `${serviceName}-${stage}`,
    region,
    accountId,
    partition: partitionOf(region),
    urlSuffix: region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

/**
 * The name of a resource that the template leaves unnamed. CloudFormation makes it from the stack's name, the
 * logical id and a random ending; here the ending is a digest of the two, so that names survive a restart.
 */
export function physicalName(options: {
  readonly stackName: string;
  readonly logicalId: string;
  /** The service's limit; the readable part is shortened to stay within it. */
  readonly maximumLength: number;
  /** `.fifo` for FIFO queues and topics. */
  readonly ending?: string;
}): string {
  const { stackName, logicalId, maximumLength, ending = '' } = options;
  const unique = `-${digest(`${stackName}/${logicalId}`, 36).slice(0, 12).toUpperCase()}${ending}`;
  return `${stackName}-${logicalId}`.slice(0, maximumLength - unique.length) + unique;
}

/** Ten lower-case letters and digits, as API Gateway's ids are; the same seed always gives the same id. */
export function shortId(seed: string): string {
  return digest(seed, 36).slice(0, 10);
}

/** A UUID in form; the same seed always gives the same one. */
export function stableUuid(seed: string): string {
  const hex = digest(seed, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function digest(seed: string, radix: 16 | 36): string {
  return BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString(radix)
    .padStart(48, '0');
}
