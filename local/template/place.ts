/** Where the service would be deployed: what the pseudo parameters and every ARN are made of. */
export interface Place {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The domain of AWS's endpoints: `amazonaws.com`, or `amazonaws.com.cn` in China. */
  readonly urlSuffix: string;
}

/** The Serverless Framework names the stack after the service and the stage. */
export const placeOf = (options: {
  readonly serviceName: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
}): Place => ({
  stackName: `${options.serviceName}-${options.stage}`,
  region: options.region,
  accountId: options.accountId,
  partition: partitionOf(options.region),
  urlSuffix: options.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com',
});

export const arnOf = (place: Place, service: string, resource: string): string =>
  `arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;

/** IAM's and S3's ARNs name no region, S3's no account either. */
export const globalArnOf = (place: Place, service: string, account: string, resource: string): string =>
  `arn:${place.partition}:${service}::${account}:${resource}`;

const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};
