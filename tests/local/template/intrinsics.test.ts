import { describe, expect, it } from 'vitest';
import { lambdaFunction, readTemplate } from './read-template.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } };

/** What a function's environment variable VALUE becomes, beside the sections given. */
function read(
  value: unknown,
  sections: Record<string, unknown> = {},
  parameters: Record<string, string> = {},
) {
  const { Resources: others = {}, ...rest } = sections as { Resources?: object };
  const { service, warnings } = readTemplate(
    {
      ...rest,
      Resources: { ...others, Work: lambdaFunction({ Environment: { Variables: { VALUE: value } } }) },
    },
    { parameters },
  );
  return { value: service.functions[0]?.environment.VALUE, warnings };
}

function valueOf(...given: Parameters<typeof read>) {
  const { value, warnings } = read(...given);
  expect(warnings).toEqual([]);
  return value;
}

const at = 'Resources.Work.Properties.Environment.Variables.VALUE';

describe('Ref', () => {
  it.each([
    ['AWS::Region', 'eu-central-1'],
    ['AWS::AccountId', '000000000000'],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', 'shop-local'],
  ])('gives the pseudo parameter %s', (name, expected) => {
    expect(valueOf({ Ref: name })).toBe(expected);
  });

  it('gives a stack id that looks like one', () => {
    expect(valueOf({ Ref: 'AWS::StackId' })).toMatch(
      /^arn:aws:cloudformation:eu-central-1:000000000000:stack\/shop-local\/[0-9a-f-]{36}$/,
    );
  });

  it('gives an empty list of notification topics', () => {
    expect(valueOf({ 'Fn::Join': [',', { Ref: 'AWS::NotificationARNs' }] })).toBe('');
  });

  it('removes a property that is AWS::NoValue, and one that the framework left undefined', () => {
    expect(valueOf({ Ref: 'AWS::NoValue' })).toBeUndefined();
    expect(valueOf(undefined)).toBeUndefined();
    expect(valueOf(null)).toBeUndefined();
  });

  it('gives a parameter its default, or the value passed', () => {
    const sections = { Parameters: { Team: { Type: 'String', Default: 'blue' } } };
    expect(valueOf({ Ref: 'Team' }, sections)).toBe('blue');
    expect(valueOf({ Ref: 'Team' }, sections, { Team: 'red' })).toBe('red');
  });

  it('gives a list parameter as a list', () => {
    const sections = { Parameters: { Zones: { Type: 'CommaDelimitedList', Default: 'one, two' } } };
    expect(valueOf({ 'Fn::Join': ['+', { Ref: 'Zones' }] }, sections)).toBe('one+two');
  });

  it('puts a placeholder where an SSM parameter would be looked up, and says so', () => {
    const sections = {
      Parameters: { Key: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/key' } },
    };
    expect(read({ Ref: 'Key' }, sections)).toEqual({
      value: 'lantern-unresolved:ssm:/shop/key',
      warnings: [
        `${at}.Ref: the SSM parameter /shop/key is not looked up locally; a placeholder stands for it, unless custom.lantern.local.values has "ssm:/shop/key"`,
      ],
    });
  });

  it('refuses a parameter without a value', () => {
    expect(() => read({ Ref: 'Team' }, { Parameters: { Team: { Type: 'String' } } })).toThrow(
      `${at}.Ref: the template's parameter Team has no default: give it a value`,
    );
  });

  it('refuses what the template does not have', () => {
    expect(() => read({ Ref: 'Ordres' })).toThrow(
      `${at}.Ref: the template has no resource or parameter Ordres`,
    );
    expect(() => read({ Ref: 'AWS::Regoin' })).toThrow('AWS::Regoin is not a pseudo parameter');
    expect(() => read({ Ref: 'constructor' })).toThrow('no resource or parameter constructor');
    expect(() => read({ Ref: ['Orders'] })).toThrow(`${at}.Ref: expected a name, got ["Orders"]`);
  });

  it('refuses a resource whose condition is false', () => {
    expect(() =>
      read(
        { Ref: 'Orders' },
        {
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Resources: { Orders: { ...queue, Condition: 'Never' } },
        },
      ),
    ).toThrow(`${at}.Ref: Orders does not exist, as its condition Never is false`);
  });

  it('makes up a name for a type it does not know, and says so', () => {
    const { value, warnings } = read(
      { Ref: 'Users' },
      { Resources: { Users: { Type: 'AWS::Cognito::UserPoolDomain' } } },
    );
    expect(value).toMatch(/^shop-local-Users-[0-9A-Z]{12}$/);
    expect(warnings).toEqual([
      `${at}.Ref: the type of Users, AWS::Cognito::UserPoolDomain, is not known locally; Ref gives the made-up name ${value ?? ''}`,
    ]);
  });
});

describe('Fn::GetAtt', () => {
  const sections = { Resources: { Orders: queue } };

  it('takes a list and a dotted string', () => {
    expect(valueOf({ 'Fn::GetAtt': ['Orders', 'QueueName'] }, sections)).toBe('orders');
    expect(valueOf({ 'Fn::GetAtt': 'Orders.QueueName' }, sections)).toBe('orders');
  });

  it('puts a placeholder in the place of an attribute it does not know, and says so', () => {
    expect(read({ 'Fn::GetAtt': 'Orders.Colour' }, sections)).toEqual({
      value: 'lantern-unresolved:Orders.Colour',
      warnings: [
        `${at}.Fn::GetAtt: Colour of Orders (AWS::SQS::Queue) is not known locally; a placeholder stands for it, unless custom.lantern.local.values has "Orders.Colour"`,
      ],
    });
  });

  it('does so once for a type it does not know', () => {
    expect(
      read({ 'Fn::GetAtt': 'Users.Arn' }, { Resources: { Users: { Type: 'AWS::Cognito::UserPoolDomain' } } }),
    ).toEqual({
      value: 'lantern-unresolved:Users.Arn',
      warnings: [
        `${at}.Fn::GetAtt: Arn of Users (AWS::Cognito::UserPoolDomain) is not known locally; a placeholder stands for it, unless custom.lantern.local.values has "Users.Arn"`,
      ],
    });
  });

  it('refuses anything but a logical id and an attribute', () => {
    expect(() => read({ 'Fn::GetAtt': 'Orders' }, sections)).toThrow(
      `${at}.Fn::GetAtt: expected [logical id, attribute], got "Orders"`,
    );
  });
});

describe('Fn::Sub', () => {
  const sections = { Resources: { Orders: queue } };

  it('replaces references, attributes and pseudo parameters', () => {
    expect(valueOf({ 'Fn::Sub': '${AWS::Region}/${Orders.QueueName}/${AWS::StackName}' }, sections)).toBe(
      'eu-central-1/orders/shop-local',
    );
  });

  it('takes variables of its own, which may hold functions', () => {
    expect(valueOf({ 'Fn::Sub': ['${Zone}-${Name}', { Zone: { Ref: 'AWS::Region' }, Name: 7 }] })).toBe(
      'eu-central-1-7',
    );
  });

  it('keeps what is escaped', () => {
    expect(valueOf({ 'Fn::Sub': '${!Region} is ${AWS::Region}' })).toBe('${Region} is eu-central-1');
  });

  it('refuses unknown names and other shapes', () => {
    expect(() => read({ 'Fn::Sub': 'x-${Nobody}' })).toThrow(
      `${at}.Fn::Sub.\${Nobody}.Ref: the template has no resource or parameter Nobody`,
    );
    expect(() => read({ 'Fn::Sub': 5 })).toThrow(
      `${at}.Fn::Sub: expected a string, or [string, variables], got 5`,
    );
  });
});

describe('the functions of text and lists', () => {
  it('joins', () => {
    expect(valueOf({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, { Ref: 'AWS::NoValue' }, 1]] })).toBe(
      'a-eu-central-1-1',
    );
    expect(() => read({ 'Fn::Join': 'a' })).toThrow(`${at}.Fn::Join: expected a list, got "a"`);
    expect(() => read({ 'Fn::Join': ['-', 'a'] })).toThrow(`${at}.Fn::Join: expected a list, got "a"`);
    expect(() => read({ 'Fn::Join': [1, ['a']] })).toThrow('expected [delimiter, list], got [1,["a"]]');
  });

  it('splits and selects', () => {
    expect(valueOf({ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] })).toBe('b');
    expect(() => read({ 'Fn::Select': [3, ['a', 'b']] })).toThrow(
      `${at}.Fn::Select: there is no item 3 in ["a","b"]`,
    );
    expect(() => read({ 'Fn::Split': ['/', ['a']] })).toThrow(`${at}.Fn::Split: expected text, got ["a"]`);
    expect(() => read({ 'Fn::Split': [{}, 'a'] })).toThrow('expected [delimiter, text], got [{},"a"]');
  });

  it('encodes in base64', () => {
    expect(valueOf({ 'Fn::Base64': { 'Fn::Sub': 'in ${AWS::Region}' } })).toBe('aW4gZXUtY2VudHJhbC0x');
  });

  it('names three availability zones of a region', () => {
    expect(valueOf({ 'Fn::Select': [2, { 'Fn::GetAZs': '' }] })).toBe('eu-central-1c');
    expect(valueOf({ 'Fn::Select': [0, { 'Fn::GetAZs': 'us-east-1' }] })).toBe('us-east-1a');
  });

  it('turns numbers and booleans of an environment into text, and refuses objects', () => {
    expect(valueOf(5)).toBe('5');
    expect(valueOf(false)).toBe('false');
    expect(() => read({ nested: true })).toThrow(`${at}: expected text, got {"nested":true}`);
  });
});

describe('Fn::FindInMap', () => {
  const sections = { Mappings: { Sizes: { 'eu-central-1': { small: 5 } } } };

  it('looks a value up, with keys that may hold functions', () => {
    expect(valueOf({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, sections)).toBe('5');
  });

  it('takes the default where there is one', () => {
    expect(valueOf({ 'Fn::FindInMap': ['Sizes', 'mars', 'small', { DefaultValue: 9 }] }, sections)).toBe('9');
  });

  it('refuses keys that do not exist', () => {
    expect(() => read({ 'Fn::FindInMap': ['Sizes', 'eu-central-1', 'toString'] }, sections)).toThrow(
      `${at}.Fn::FindInMap: the template's Mappings have no Sizes.eu-central-1.toString`,
    );
  });
});

describe('conditions', () => {
  const yes = { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] };
  const no = { 'Fn::Equals': ['a', 'b'] };

  it.each([
    ['Fn::Equals', yes, 'then'],
    ['Fn::Not', { 'Fn::Not': [yes] }, 'else'],
    ['Fn::And', { 'Fn::And': [yes, no] }, 'else'],
    ['Fn::Or', { 'Fn::Or': [no, yes] }, 'then'],
    ['Condition', { Condition: 'No' }, 'else'],
    ['Condition within Fn::Not', { 'Fn::Not': [{ Condition: 'No' }] }, 'then'],
  ])('decide Fn::If by %s', (_name, condition, expected) => {
    expect(
      valueOf({ 'Fn::If': ['Asked', 'then', 'else'] }, { Conditions: { Asked: condition, No: no } }),
    ).toBe(expected);
  });

  it('leave the branch not taken alone', () => {
    const value = { 'Fn::If': ['Asked', { Ref: 'Nobody' }, { Ref: 'AWS::NoValue' }] };
    expect(valueOf(value, { Conditions: { Asked: no } })).toBeUndefined();
  });

  it('refuse what is not a condition', () => {
    expect(() => read({ 'Fn::If': ['Asked', 1, 2] })).toThrow(
      `${at}.Fn::If: the template has no condition Asked`,
    );
    expect(() => read({ 'Fn::If': ['Asked', 1, 2] }, { Conditions: { Asked: true } })).toThrow(
      'Conditions.Asked: expected one condition function, got true',
    );
    expect(() => read({ 'Fn::If': ['Asked', 1, 2] }, { Conditions: { Asked: { 'Fn::Xor': [] } } })).toThrow(
      'Conditions.Asked: expected Condition, Fn::Equals, Fn::And, Fn::Or or Fn::Not, got {"Fn::Xor":[]}',
    );
  });
});

describe('what only AWS knows', () => {
  it('is a placeholder for exports of other stacks', () => {
    expect(read({ 'Fn::ImportValue': { 'Fn::Sub': '${AWS::Region}-vpc' } })).toEqual({
      value: 'lantern-unresolved:import:eu-central-1-vpc',
      warnings: [
        `${at}.Fn::ImportValue: the export eu-central-1-vpc of another stack is not known locally; a placeholder stands for it, unless custom.lantern.local.values has "import:eu-central-1-vpc"`,
      ],
    });
  });

  it('is a placeholder for functions that are not carried out', () => {
    expect(read({ 'Fn::Cidr': ['10.0.0.0/16', 1] })).toEqual({
      value: 'lantern-unresolved:Fn::Cidr',
      warnings: [`${at}: Fn::Cidr is not carried out locally; a placeholder stands in its place`],
    });
  });

  it.each([
    ['{{resolve:secretsmanager:shop}}', 'secretsmanager:shop'],
    ['{{resolve:secretsmanager:shop:SecretString:user::}}', 'secretsmanager:shop:SecretString:user'],
    ['{{resolve:ssm:/shop/key:3}}', 'ssm:/shop/key'],
    ['{{resolve:ssm-secure:/shop/key}}', 'ssm:/shop/key'],
  ])('is a placeholder for the dynamic reference %s', (reference, key) => {
    expect(read(`a ${reference} b`)).toEqual({
      value: `a lantern-unresolved:${key} b`,
      warnings: [
        `${at}: the dynamic reference ${reference} is not looked up locally; a placeholder stands for it, unless custom.lantern.local.values has "${key}"`,
      ],
    });
  });

  it.each([
    [{ 'Fn::ImportValue': 'net-Subnet' }, { 'import:net-Subnet': 'subnet-1' }, 'subnet-1'],
    [
      '{{resolve:ssm:/a/b:7}}/{{resolve:secretsmanager:c}}',
      { 'ssm:/a/b': 'x', 'secretsmanager:c': { d: 1 } },
      'x/{"d":1}',
    ],
    [{ Ref: 'Parameter' }, { 'ssm:/shop/key': 'k-1' }, 'k-1'],
    [{ 'Fn::GetAtt': ['Domain', 'Arn'] }, { 'Domain.Arn': 'arn:aws:d' }, 'arn:aws:d'],
    [{ Ref: 'Domain' }, { Domain: 'my-domain' }, 'my-domain'],
  ])('is what the settings say: %j', (written, values, value) => {
    const { service, warnings } = readTemplate(
      {
        Parameters: { Parameter: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/key' } },
        Resources: {
          Domain: { Type: 'AWS::Unknown::Domain' },
          Work: lambdaFunction({ Environment: { Variables: { ASKED: written } } }),
        },
      },
      { values },
    );
    expect(service.functions[0]?.environment).toEqual({ ASKED: value });
    expect(warnings.filter((warning) => warning.includes('placeholder'))).toEqual([]);
  });
});

describe('circular references', () => {
  it('are refused between resources, with the circle', () => {
    const named = (name: string) => ({
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: { 'Fn::Sub': `\${${name}.QueueName}-copy` } },
    });
    expect(() => read({ Ref: 'A' }, { Resources: { A: named('B'), B: named('A') } })).toThrow(
      'Resources.B.Properties.QueueName.Fn::Sub.${A.QueueName}.Fn::GetAtt: circular reference: A -> B -> A',
    );
  });

  it('are refused between conditions', () => {
    expect(() =>
      read({ 'Fn::If': ['A', 1, 2] }, { Conditions: { A: { Condition: 'B' }, B: { Condition: 'A' } } }),
    ).toThrow('Conditions.B: circular reference: condition A -> condition B -> condition A');
  });

  it('do not arise from resources that merely mention each other', () => {
    const sections = {
      Resources: {
        Orders: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedrivePolicy: { deadLetterTargetArn: { Ref: 'Dead' } } },
        },
        Dead: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedriveAllowPolicy: { sourceQueueArns: [{ Ref: 'Orders' }] } },
        },
      },
    };
    expect(valueOf({ Ref: 'Orders' }, sections)).toContain('Orders');
  });
});
