import { isObject } from '../json.ts';
import { arnOf } from './arns.ts';
import type { Deployment } from './deployment.ts';
import { stableUuid } from './deployment.ts';
import type { Scope } from './intrinsics.ts';
import { evaluateCondition, instead, resolve, resolveText, valueOf } from './intrinsics.ts';
import type { IdentitySubject, ResourceIdentity } from './resource-types.ts';
import { identityOf } from './resource-types.ts';
import type { Properties, Template, TemplateResource } from './template.ts';

interface TemplateScopeOptions {
  readonly template: Template;
  readonly deployment: Deployment;
  /** Values for the template's parameters; the others take their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly queueUrlOf: (queueName: string) => string;
  /** What only AWS has, by the names of placeholders. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Answers the references of one template. */
export class TemplateScope implements Scope {
  readonly region: string;
  readonly #options: TemplateScopeOptions;
  readonly #identities = new Map<string, ResourceIdentity>();
  readonly #warnings = new Set<string>();
  /** What is being resolved at this moment, outermost first: a name that comes up again is a cycle. */
  readonly #resolving: string[] = [];

  constructor(options: TemplateScopeOptions) {
    this.#options = options;
    this.region = options.deployment.region;
  }

  /** Each said once, in the order they came up. */
  get warnings(): string[] {
    return [...this.#warnings];
  }

  warn(message: string): void {
    this.#warnings.add(message);
  }

  known(key: string): unknown {
    const { values = {} } = this.#options;
    return Object.hasOwn(values, key) ? values[key] : undefined;
  }

  reference(name: string, path: string): unknown {
    const { template, parameters, deployment } = this.#options;
    if (name.startsWith('AWS::')) return pseudoParameter(name, path, deployment);
    const declaration = template.parameters.get(name);
    if (declaration !== undefined) {
      const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      return parameterValue(name, declaration, given, { path, scope: this });
    }
    const resource = this.#resource(name, path);
    const { ref, guessed = false } = this.#identity(resource, path);
    if (guessed) {
      const known = this.known(name);
      if (known !== undefined) return known;
      this.warn(
        `${path}: the type of ${name}, ${resource.type}, is not known locally; Ref gives the made-up name ${ref}`,
      );
    }
    return ref;
  }

  attribute(logicalId: string, attribute: string, path: string): unknown {
    const resource = this.#resource(logicalId, path);
    const { attributes } = this.#identity(resource, path);
    if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
    return valueOf(
      `${logicalId}.${attribute}`,
      this,
      (key) =>
        `${path}: ${attribute} of ${logicalId} (${resource.type}) is not known locally; ${instead(key)}`,
    );
  }

  condition(name: string, path: string): boolean {
    const { conditions } = this.#options.template;
    if (!conditions.has(name)) throw new Error(`${path}: the template has no condition ${name}`);
    return this.#guarded(`condition ${name}`, path, () =>
      evaluateCondition(conditions.get(name), `Conditions.${name}`, this),
    );
  }

  mapping(mapName: string, topLevelKey: string, secondLevelKey: string): unknown {
    return [mapName, topLevelKey, secondLevelKey].reduce<unknown>(
      (level, key) => (isObject(level) && Object.hasOwn(level, key) ? level[key] : undefined),
      this.#options.template.mappings,
    );
  }

  /** Whether the resource's condition, if it has one, holds. */
  exists(resource: TemplateResource): boolean {
    const { condition, logicalId } = resource;
    return condition === undefined || this.condition(condition, `Resources.${logicalId}.Condition`);
  }

  #resource(logicalId: string, path: string): TemplateResource {
    const resource = this.#options.template.resources.get(logicalId);
    if (resource === undefined) {
      throw new Error(`${path}: the template has no resource or parameter ${logicalId}`);
    }
    if (!this.exists(resource)) {
      throw new Error(
        `${path}: ${logicalId} does not exist, as its condition ${resource.condition ?? ''} is false`,
      );
    }
    return resource;
  }

  #identity(resource: TemplateResource, path: string): ResourceIdentity {
    const { logicalId } = resource;
    const known = this.#identities.get(logicalId);
    if (known !== undefined) return known;
    const identity = this.#guarded(logicalId, path, () => identityOf(this.#subject(resource)));
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #subject({ logicalId, type, properties }: TemplateResource): IdentitySubject {
    const { deployment, queueUrlOf } = this.#options;
    return {
      logicalId,
      type,
      deployment,
      queueUrlOf,
      text: (property) => {
        const path = `Resources.${logicalId}.Properties.${property}`;
        const value = resolve(properties[property], path, this);
        return value === undefined ? undefined : resolveText(value, path, this);
      },
    };
  }

  #guarded<Result>(what: string, path: string, compute: () => Result): Result {
    if (this.#resolving.includes(what)) {
      const cycle = [...this.#resolving.slice(this.#resolving.indexOf(what)), what];
      throw new Error(`${path}: circular reference: ${cycle.join(' -> ')}`);
    }
    this.#resolving.push(what);
    try {
      return compute();
    } finally {
      this.#resolving.pop();
    }
  }
}

/**
 * What `Ref` gives for `AWS::Region` and its like; undefined for `AWS::NoValue`.
 *
 * @throws Error that begins with the path when CloudFormation has no pseudo parameter of that name.
 */
function pseudoParameter(name: string, path: string, deployment: Deployment): unknown {
  switch (name) {
    case 'AWS::Region':
      return deployment.region;
    case 'AWS::AccountId':
      return deployment.accountId;
    case 'AWS::Partition':
      return deployment.partition;
    case 'AWS::URLSuffix':
      return deployment.urlSuffix;
    case 'AWS::StackName':
      return deployment.stackName;
    case 'AWS::StackId':
      return arnOf(
        deployment,
        'cloudformation',
        `stack/${deployment.stackName}/${stableUuid(deployment.stackName)}`,
      );
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return undefined;
    default:
      throw new Error(`${path}: ${name} is not a pseudo parameter of CloudFormation`);
  }
}

/**
 * What `Ref` gives for a parameter of the template: the value given for it, or its default.
 *
 * @throws Error that begins with the path when it has neither.
 */
function parameterValue(
  name: string,
  declaration: Properties,
  given: string | undefined,
  asked: { readonly path: string; readonly scope: Pick<Scope, 'warn' | 'known'> },
): unknown {
  const { Type: type, Default: fallback } = declaration;
  const value = given ?? fallback;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Error(`${asked.path}: the template's parameter ${name} has no default: give it a value`);
  }
  const kind = typeof type === 'string' ? type : 'String';
  if (given === undefined && kind.startsWith('AWS::SSM::Parameter::Value')) {
    return valueOf(
      `ssm:${value}`,
      asked.scope,
      (key) => `${asked.path}: the SSM parameter ${value} is not looked up locally; ${instead(key)}`,
    );
  }
  const isList = kind === 'CommaDelimitedList' || kind.startsWith('List<');
  return isList
    ? String(value)
        .split(',')
        .map((item) => item.trim())
    : value;
}
