import type { Attributes } from '@opentelemetry/api';

/**
 * What the environment says about the function (OpenTelemetry's semantic conventions for resources, and the names that Lambda gives its
 * variables). `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` come last and decide, as OpenTelemetry has it.
 */
export function lambdaResource(environment: NodeJS.ProcessEnv = process.env): Attributes {
  const {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory,
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
    AWS_REGION: region,
    POWERTOOLS_SERVICE_NAME: powertoolsName,
    OTEL_SERVICE_NAME: serviceName,
    OTEL_RESOURCE_ATTRIBUTES: given,
  } = environment;
  const megabytes = Number(memory);
  return {
    'service.name': filled(powertoolsName) ?? filled(name) ?? 'unknown_service:node',
    ...(filled(name) !== undefined && {
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'faas.name': name,
      ...(filled(region) !== undefined && { 'cloud.region': region }),
      ...(filled(version) !== undefined && { 'faas.version': version }),
      ...(filled(instance) !== undefined && { 'faas.instance': instance }),
      ...(megabytes > 0 && { 'faas.max_memory': megabytes * 1024 * 1024 }),
      ...(logGroup !== undefined && filled(logGroup) !== undefined && { 'aws.log.group.names': [logGroup] }),
    }),
    ...readAttributes(given ?? ''),
    ...(filled(serviceName) !== undefined && { 'service.name': serviceName }),
  };
}

/** `key=value,key=value`, percent-encoded; a pair of another form is left out, as the specification asks. */
function readAttributes(text: string): Attributes {
  const attributes: Attributes = {};
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    if (at < 1 || key === '') continue;
    try {
      attributes[decodeURIComponent(key)] = decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      // Not encoded as it should be.
    }
  }
  return attributes;
}

function filled(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}
