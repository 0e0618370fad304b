import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from '../../../../local/api-gateway/authorizers/policy.ts';

const ARN = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/live/GET/orders/7';

function policy(...statements: readonly object[]) {
  return { Version: '2012-10-17', Statement: statements };
}

const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
const deny = { ...allow, Effect: 'Deny' };

describe('a policy', () => {
  it.each([
    ['allows all', policy(allow), 'allowed'],
    ['is one statement without a list', { Statement: allow }, 'allowed'],
    ['has no statement', policy(), 'denied'],
    ['denies what it also allows', policy(allow, deny), 'denied-explicitly'],
    ['denies something else', policy(allow, { ...deny, Resource: '*/orders/8' }), 'allowed'],
    ['names lists', policy({ ...allow, Action: ['s3:*', 'execute-api:*'], Resource: ['x', ARN] }), 'allowed'],
    ['has an action in capitals', policy({ ...allow, Action: 'EXECUTE-API:invoke' }), 'allowed'],
    ['has another action', policy({ ...allow, Action: 'execute-api:ManageConnections' }), 'denied'],
    ['has a star over slashes', policy({ ...allow, Resource: 'arn:*:a1b2c3/live/*' }), 'allowed'],
    ['has a question mark', policy({ ...allow, Resource: `${ARN.slice(0, -1)}?` }), 'allowed'],
    ['has too many question marks', policy({ ...allow, Resource: `${ARN}?` }), 'denied'],
    [
      'has a dot that is no wildcard',
      policy({ ...allow, Resource: ARN.replace('orders', 'or.ers') }),
      'denied',
    ],
    ['has another stage', policy({ ...allow, Resource: '*/test/GET/*' }), 'denied'],
    ['is of paths in capitals', policy({ ...allow, Resource: ARN.replace('orders', 'Orders') }), 'denied'],
    ['has NotResource', policy({ ...allow, Resource: undefined, NotResource: ['*/orders/7'] }), 'denied'],
    ['has NotAction', policy({ ...deny, Action: undefined, NotAction: 's3:*' }), 'denied-explicitly'],
  ])('that %s is %j', (_what, document, verdict) => {
    expect(evaluatePolicy(document, ARN)).toEqual({ verdict, conditions: false });
  });

  it('says that it has conditions where they are of what is asked', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } };
    expect(evaluatePolicy(policy({ ...allow, Condition }), ARN).conditions).toBe(true);
    expect(evaluatePolicy(policy(allow, { ...deny, Resource: 'x', Condition }), ARN).conditions).toBe(false);
  });

  it.each([
    [undefined, 'policyDocument must be an object'],
    [policy({ ...allow, Effect: 'allow' }), 'Effect of a statement must be Allow or Deny'],
    [policy({ Effect: 'Allow', Resource: '*' }), 'Action of a statement must be a text'],
    [policy({ ...allow, Resource: [7] }), 'Resource of a statement must be a text'],
    [{}, 'Statement must be a list of objects'],
  ])('of the form %j is refused', (document, message) => {
    expect(() => evaluatePolicy(document, ARN)).toThrow(message);
  });
});
