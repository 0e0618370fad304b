/** What a stack gives to others: its outputs, its exports, and the SSM parameters that it makes. */
import { isObject } from '../json.ts';
import type { Deployment } from './deployment.ts';
import { PLACEHOLDER, resolve } from './intrinsics.ts';
import type { TemplateScope } from './scope.ts';
import type { Template } from './template.ts';

/**
 * By the names that others ask for it by: `cf:orders-dev.QueueUrl`, `import:orders-queue` and `ssm:/orders/queue`. What cannot be known
 * here is left out.
 *
 * @param scope its own, for what it warns of is no fault of the service.
 * @param localUrls leads addresses of APIs to where they answer here.
 */
export function exportsOf(
  { outputs, resources }: Template,
  { stackName }: Pick<Deployment, 'stackName'>,
  scope: TemplateScope,
  localUrls: (text: string) => string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const add = (value: unknown, path: string, ...keys: readonly string[]): void => {
    const text = known(value, path, scope);
    if (text !== undefined) for (const key of keys) found[key] = localUrls(text);
  };
  for (const [name, output] of Object.entries(outputs)) {
    if (!isObject(output) || !holds(output.Condition, `Outputs.${name}.Condition`, scope)) continue;
    const path = `Outputs.${name}`;
    const exported = isObject(output.Export)
      ? known(output.Export.Name, `${path}.Export.Name`, scope)
      : undefined;
    add(
      output.Value,
      `${path}.Value`,
      `cf:${stackName}.${name}`,
      ...(exported === undefined ? [] : [`import:${exported}`]),
    );
  }
  for (const resource of resources.values()) {
    if (resource.type !== 'AWS::SSM::Parameter' || !scope.exists(resource)) continue;
    const path = `Resources.${resource.logicalId}.Properties`;
    const name = known(resource.properties.Name, `${path}.Name`, scope);
    if (name !== undefined) add(resource.properties.Value, `${path}.Value`, `ssm:${name}`);
  }
  return found;
}

function holds(condition: unknown, path: string, scope: TemplateScope): boolean {
  if (typeof condition !== 'string') return true;
  try {
    return scope.condition(condition, path);
  } catch {
    return false;
  }
}

/** Undefined for a value that is none, and for one that only AWS has. */
function known(value: unknown, path: string, scope: TemplateScope): string | undefined {
  if (value === undefined) return undefined;
  let resolved: unknown;
  try {
    resolved = resolve(value, path, scope);
  } catch {
    // A reference that leads nowhere: whoever deploys it is told by CloudFormation, and nobody here can use it.
    return undefined;
  }
  if (!['string', 'number', 'boolean'].includes(typeof resolved)) return undefined;
  const text = String(resolved);
  return text.includes(PLACEHOLDER) ? undefined : text;
}
