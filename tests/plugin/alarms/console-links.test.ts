import { describe, expect, it } from 'vitest';
import { consoleLink } from '../../../plugin/alarms/console-links.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

const everything = inventoryOf(readTemplate('every-event').Resources);
const [pay] = inventoryOf(functionResources('Pay', 'pay')).functions;
if (pay === undefined) throw new Error('no function');

describe('consoleLink', () => {
  it.each([
    ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('leads to the console of %s', (region, host) => {
    expect(consoleLink('function', pay, { region })).toBe(
      `${host}/lambda/home?region=${region}#/functions/shop-dev-pay?tab=monitoring`,
    );
  });

  it('leaves to the deployment what only it knows, in a single join', () => {
    const [api] = everything.apis;
    if (api === undefined) throw new Error('no API');
    expect(consoleLink('api', api, { region: 'eu-west-1' })).toEqual({
      'Fn::Join': [
        '',
        [
          'https://eu-west-1.console.aws.amazon.com/apigateway/main/apis/',
          { Ref: 'ApiGatewayRestApi' },
          '/stages?api=',
          { Ref: 'ApiGatewayRestApi' },
          '&region=eu-west-1&stage=local',
        ],
      ],
    });
  });
});
