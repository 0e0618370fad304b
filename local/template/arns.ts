/** Amazon Resource Names: how they are put together, and the names in them. */

/** Regions are in partitions of their own in China and for the government of the United States. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export function arnOf(
  { region, accountId }: { readonly region: string; readonly accountId: string },
  service: string,
  resource: string,
): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

/** IAM's and S3's ARNs name no region, S3's no account either. */
export function globalArnOf(partition: string, service: string, account: string, resource: string): string {
  return `arn:${partition}:${service}::${account}:${resource}`;
}

/** The name of a queue or topic, which its ARN ends in. */
export function lastNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

const FUNCTION = /(?:^|:)function:([^:/]+)/;

/**
 * The name of the function that a reference means: a name, an ARN, either with a version or alias behind it, or
 * the `.../functions/<arn>/invocations` of an API. Locally every version and alias is the same code.
 */
export function functionNameOf(reference: string): string {
  return FUNCTION.exec(reference)?.[1] ?? reference.replace(/:.*$/, '');
}

/** The name in an ARN of an alarm; anything else is a name itself. */
export function alarmNameOf(reference: string): string {
  return reference.replace(/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:/, '');
}
