import { readService } from '../../../local/template/read-service.ts';
import type { ReadServiceOptions, ReadServiceResult } from '../../../local/template/read-service.ts';

/** Reads a template as the `local` stage of a service called `shop` in eu-central-1. */
export function readTemplate(
  template: unknown,
  options: Partial<Omit<ReadServiceOptions, 'template'>> = {},
): ReadServiceResult {
  return readService({
    template,
    serviceName: 'shop',
    stage: 'local',
    region: 'eu-central-1',
    accountId: '000000000000',
    codeDirectoryOf: ({ name }) => `/packages/${name}`,
    functionKeyOf: (name) => name.replace('shop-local-', ''),
    queueUrlOf: (name) => `http://127.0.0.1:4100/000000000000/${name}`,
    ...options,
  });
}

export function readResources(
  resources: Record<string, unknown>,
  options: Partial<Omit<ReadServiceOptions, 'template'>> = {},
): ReadServiceResult {
  return readTemplate({ Resources: resources }, options);
}

/** A function that runs here, with nothing but what CloudFormation insists on. */
export function lambdaFunction(properties: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'work',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Code: { S3Bucket: 'deployments', S3Key: 'work.zip' },
      ...properties,
    },
  };
}

/** Of something in the account and the region that templates are read for. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:eu-central-1:000000000000:${resource}`;
}

/** As a template asks for the ARN of one of its resources. */
export function arnOf(logicalId: string): object {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}
