import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { delimiter, join } from 'node:path';
import type { FunctionDefinition } from '../template/service.ts';
import { layersOf, packageFolders, withLocalPaths } from './layers.ts';

export interface EnvironmentSettings {
  readonly definition: FunctionDefinition;
  readonly region: string;
  /** Added for every function, for example `AWS_ENDPOINT_URL_SQS`; the template's own variables win over them. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** `host:port` of the X-Ray daemon. */
  readonly daemonAddress: string;
  /** `host:port` of this environment's Runtime API. */
  readonly runtimeApi: string;
  readonly runtimeDirectory: string;
  readonly logStream: string;
  /** The developer's, where calls go to AWS itself; otherwise they are made up. */
  readonly credentials?: AwsCredentials | undefined;
  /** The developer's `PATH`: the only thing taken from the developer's own environment. */
  readonly path: string;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const MADE_UP: AwsCredentials = {
  accessKeyId: 'LANTERNLOCAL',
  secretAccessKey: 'lantern-local',
  sessionToken: 'lantern-local',
};

/**
 * All that a function's process finds in its environment, as "Using Lambda environment variables" lists it. What
 * Lambda reserves cannot be set by the template; what it merely presets (`TZ`, `LANG`, X-Ray's) can.
 */
export function environmentVariables(settings: EnvironmentSettings): Record<string, string> {
  const { definition, daemonAddress } = settings;
  const separator = daemonAddress.lastIndexOf(':');
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...searchPaths(settings),
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: daemonAddress,
    _AWS_XRAY_DAEMON_ADDRESS: daemonAddress.slice(0, separator),
    _AWS_XRAY_DAEMON_PORT: daemonAddress.slice(separator + 1),
    // Without these the AWS SDK would look into the developer's ~/.aws, where Lambda has nothing.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...settings.endpoints,
    ...Object.fromEntries(
      Object.entries(definition.environment).map(([name, value]) => [
        name,
        withLocalPaths(value, definition),
      ]),
    ),
    ...reservedVariables(settings),
  };
}

/** Where programs, libraries and modules are looked for: in layers, too, as Lambda's runtime has it. */
function searchPaths({ definition, path }: EnvironmentSettings): Record<string, string> {
  const { codeDirectory, runtime } = definition;
  const opt = layersOf(codeDirectory);
  if (opt === undefined) {
    return { PATH: path, NODE_PATH: [join(codeDirectory, 'node_modules'), codeDirectory].join(delimiter) };
  }
  const libraries = join(opt, 'lib');
  return {
    PATH: [path, join(opt, 'bin')].join(delimiter),
    // Not the packages of the code: in AWS, too, no layer finds them.
    NODE_PATH: [...packageFolders(opt, runtime), codeDirectory].join(delimiter),
    ...(existsSync(libraries) && { LD_LIBRARY_PATH: libraries }),
  };
}

function reservedVariables(settings: EnvironmentSettings): Record<string, string> {
  const { definition, region, credentials = MADE_UP } = settings;
  return {
    _HANDLER: definition.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE:
      definition.managedInstances === true ? 'lambda-managed-instances' : 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: settings.logStream,
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    ...(definition.logFormat === 'JSON' && {
      AWS_LAMBDA_LOG_LEVEL: definition.applicationLogLevel ?? 'INFO',
    }),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_LAMBDA_RUNTIME_API: settings.runtimeApi,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    LAMBDA_RUNTIME_DIR: settings.runtimeDirectory,
  };
}
