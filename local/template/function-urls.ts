import { functionNameOf } from './arns.ts';
import { readCors } from './apis/http-apis.ts';
import type { ResolvedResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type { ApiDefinition } from './service.ts';

/** The function URLs of the template, each as an API with one route that takes everything. */
export function functionUrlsToRun(
  resources: ResolvedResources,
  functionNames: ReadonlySet<string>,
): ApiDefinition[] {
  return readOrWarn(resources, 'AWS::Lambda::Url', ({ fields, attribute }) => {
    const functionName = functionNameOf(fields.text('TargetFunctionArn'));
    if (!functionNames.has(functionName)) {
      resources.warn(
        `The URL of the function ${functionName} is not served: the function is not run locally`,
      );
      return [];
    }
    const { hostname: host } = new URL(attribute('FunctionUrl'));
    const isSigned = fields.optionalText('AuthType') === 'AWS_IAM';
    return [
      {
        id: host.replace(/\..*$/, ''),
        name: functionName,
        kind: 'HTTP',
        stage: '$default',
        tracing: false,
        binaryMediaTypes: [],
        routes: [
          {
            method: 'ANY',
            path: '$default',
            functionName,
            ...(isSigned && { authorizer: { kind: 'iam' } as const }),
          },
        ],
        functionUrl: { host, streaming: fields.optionalText('InvokeMode') === 'RESPONSE_STREAM' },
        ...(fields.has('Cors') && { cors: readCors(fields.within('Cors')) }),
      },
    ];
  });
}
