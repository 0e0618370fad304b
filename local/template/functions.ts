import type { FunctionDefinition } from './service.ts';
import { functionNameOf } from './function-reference.ts';
import type { Resource, Resources } from './resources.ts';
import { shown } from './template.ts';

/** Lambda's defaults, from the properties of AWS::Lambda::Function in the CloudFormation template reference. */
const defaults = { memorySize: 128, timeout: 3 } as const;

export interface FunctionOptions {
  /** The unpacked deployment package of a function. */
  readonly codeDirectoryOf: (deployed: { readonly logicalId: string; readonly name: string }) => string;
  /** The key in `serverless.yml` of a deployed name. */
  readonly functionKeyOf: (deployedName: string) => string;
}

/** The functions that can run here; each of the others gives a warning that says why it cannot. */
export const readFunctions = (resources: Resources, options: FunctionOptions): FunctionDefinition[] => {
  const deploymentOnly = customResourceFunctions(resources);
  return resources.ofType('AWS::Lambda::Function').flatMap((resource) => {
    const name = resource.ref();
    const obstacle = deploymentOnly.has(name) ? 'it only serves the deployment' : obstacleOf(resource);
    if (obstacle !== undefined) {
      resources.warn(`The function ${name} is not run locally: ${obstacle}`);
      return [];
    }
    const layers = resource.fields.list('Layers');
    if (layers.length > 0) {
      resources.warn(`The function ${name} runs without its layers: ${layers.map(String).join(', ')}`);
    }
    return [readFunction(resource, name, options)];
  });
};

const readFunction = (
  { logicalId, fields, attribute }: Resource,
  name: string,
  options: FunctionOptions,
): FunctionDefinition => {
  const logging = fields.within('LoggingConfig');
  const reservedConcurrency = fields.optionalNumber('ReservedConcurrentExecutions');
  const tags = fields.each('Tags').map((tag) => [tag.text('Key'), tag.text('Value')] as const);
  return {
    name,
    key: options.functionKeyOf(name),
    arn: attribute('Arn'),
    handler: fields.text('Handler'),
    codeDirectory: options.codeDirectoryOf({ logicalId, name }),
    runtime: fields.text('Runtime'),
    memorySize: fields.optionalNumber('MemorySize') ?? defaults.memorySize,
    timeout: fields.optionalNumber('Timeout') ?? defaults.timeout,
    environment: environmentOf(fields),
    tracingMode: fields.within('TracingConfig').optionalText('Mode') === 'Active' ? 'Active' : 'PassThrough',
    logFormat: logging.optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text',
    logGroup: logging.optionalText('LogGroup') ?? `/aws/lambda/${name}`,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
};

const environmentOf = (fields: Resource['fields']): Record<string, string> => {
  const variables = fields.within('Environment').within('Variables');
  return Object.fromEntries(variables.names().map((variable) => [variable, variables.text(variable)]));
};

const obstacleOf = ({ fields }: Resource): string | undefined => {
  if (fields.optionalText('PackageType') === 'Image') return 'it is packaged as a container image';
  if (fields.within('Code').has('ZipFile')) return 'its code is inline in the template';
  const runtime = fields.optionalText('Runtime');
  if (runtime?.startsWith('nodejs') !== true) {
    return `its runtime is ${shown(runtime)}, and only Node.js functions run here`;
  }
  return undefined;
};

/** Functions that CloudFormation calls during a deployment; the Serverless Framework adds some of its own. */
const customResourceFunctions = (resources: Resources): Set<string> =>
  new Set(
    resources.all
      .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
      .map(({ fields }) => functionNameOf(fields.optionalText('ServiceToken') ?? '')),
  );
