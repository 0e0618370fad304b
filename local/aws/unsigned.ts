/**
 * `Authorization` for requests about a resource, as its ARN names it. Emulators find service, region and account by it; the
 * signature is looked at by none.
 */
export function unsignedFor(arn: string): string {
  const [, , service = '', region = ''] = arn.split(':');
  const scope = `LANTERNLOCAL/20200101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}
