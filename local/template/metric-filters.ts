import type { MetricFilterDefinition } from './service.ts';
import { readOrWarn } from './read-or-warn.ts';
import type { Resource, Resources } from './resources.ts';

export const readMetricFilters = (resources: Resources): MetricFilterDefinition[] =>
  readOrWarn(resources, 'AWS::Logs::MetricFilter', (resource) => [readMetricFilter(resource)]);

const readMetricFilter = ({ fields, ref }: Resource): MetricFilterDefinition => ({
  name: ref(),
  logGroup: fields.text('LogGroupName'),
  pattern: fields.optionalText('FilterPattern') ?? '',
  transformations: fields.each('MetricTransformations').map((transformation) => {
    const defaultValue = transformation.optionalNumber('DefaultValue');
    const unit = transformation.optionalText('Unit');
    return {
      namespace: transformation.text('MetricNamespace'),
      metricName: transformation.text('MetricName'),
      value: transformation.text('MetricValue'),
      ...(defaultValue !== undefined && { defaultValue }),
      ...(unit !== undefined && { unit }),
      dimensions: transformation
        .each('Dimensions')
        .map((dimension) => ({ name: dimension.text('Key'), value: dimension.text('Value') })),
    };
  }),
});
