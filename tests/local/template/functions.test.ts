import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources, readTemplate } from './read-template.ts';

describe('a function', () => {
  it('has CloudFormation’s defaults where the template sets nothing', () => {
    expect(readResources({ Work: lambdaFunction() }).service.functions).toEqual([
      {
        name: 'work',
        key: 'work',
        arn: 'arn:aws:lambda:eu-central-1:000000000000:function:work',
        handler: 'index.handler',
        codeDirectory: '/packages/work',
        runtime: 'nodejs24.x',
        memorySize: 128,
        timeout: 3,
        environment: {},
        tracingMode: 'PassThrough',
        logFormat: 'Text',
        logGroup: '/aws/lambda/work',
      },
    ]);
  });

  it('has what the template sets, numbers also as text', () => {
    const { service } = readResources({
      Work: lambdaFunction({
        MemorySize: '512',
        Timeout: 29,
        Environment: { Variables: { GREETING: 'hello', GONE: { Ref: 'AWS::NoValue' } } },
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: '/shop' },
        ReservedConcurrentExecutions: 0,
      }),
    });
    expect(service.functions[0]).toMatchObject({
      memorySize: 512,
      timeout: 29,
      environment: { GREETING: 'hello' },
      tracingMode: 'Active',
      logFormat: 'JSON',
      logGroup: '/shop',
      reservedConcurrency: 0,
    });
    expect(Object.keys(service.functions[0]?.environment ?? {})).toEqual(['GREETING']);
  });

  it('has what only newer functions have', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({
        Runtime: 'nodejs26.x',
        Timeout: 1800,
        RecursiveLoop: 'Allow',
        TenancyConfig: { TenantIsolationMode: 'PER_TENANT' },
      }),
    });
    expect(warnings).toEqual([]);
    expect(service.functions[0]).toMatchObject({
      runtime: 'nodejs26.x',
      timeout: 1800,
      allowsLoops: true,
      isolatesTenants: true,
    });
  });

  it('is named where many of its invocations would share a process', () => {
    const { service, warnings } = readResources({
      Machines: { Type: 'AWS::Lambda::CapacityProvider', Properties: {} },
      Work: lambdaFunction({
        Timeout: 5400,
        CapacityProviderConfig: {
          LambdaManagedInstancesCapacityProviderConfig: {
            CapacityProviderArn: { 'Fn::GetAtt': ['Machines', 'Arn'] },
          },
        },
      }),
    });
    expect(service.functions).toMatchObject([{ managedInstances: true, timeout: 5400 }]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Machines \(AWS::Lambda::CapacityProvider\) is not run locally: .* a process for each invocation/,
      ),
    ]);
  });

  it('is named where it is durable: its executions are Lambda’s own', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({ DurableConfig: { ExecutionTimeout: 3600 } }),
    });
    expect(service.functions).toHaveLength(1);
    expect(warnings).toEqual([
      expect.stringMatching(/^The function work is durable, .* LocalDurableTestRunner .* instead$/),
    ]);
  });

  it.each([
    [{ LogFormat: 'JSON', ApplicationLogLevel: 'WARN', SystemLogLevel: 'DEBUG' }, 'WARN', 'DEBUG'],
    [{ LogFormat: 'JSON', ApplicationLogLevel: 'trace' }, 'TRACE', undefined],
    [{ LogFormat: 'JSON' }, undefined, undefined],
  ])('has the levels of %o', (LoggingConfig, applicationLogLevel, systemLogLevel) => {
    const { service } = readResources({ Work: lambdaFunction({ LoggingConfig }) });
    expect(service.functions[0]?.applicationLogLevel).toBe(applicationLogLevel);
    expect(service.functions[0]?.systemLogLevel).toBe(systemLogLevel);
  });

  it.each([
    [{ Timeout: 1801 }, /^The function work has a timeout of 1801 s: Lambda takes at most 1800/],
    [
      { Timeout: 5401, CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: {} } },
      /has a timeout of 5401 s: Lambda takes at most 5400/,
    ],
    [
      { Environment: { Variables: { A: 'x'.repeat(2000), B: 'ü'.repeat(1100) } } },
      /^The function work has an environment of \d+ bytes as JSON: Lambda takes at most 4096/,
    ],
  ])('runs beyond what Lambda would deploy, which is said: %#', (properties, warning) => {
    const { service, warnings } = readResources({ Work: lambdaFunction(properties) });
    expect(service.functions).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    { Timeout: 1800 },
    { Timeout: 5400, CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: {} } },
    { Environment: { Variables: { A: 'x'.repeat(4088) } } },
  ])('may have as much as Lambda takes: %#', (properties) => {
    expect(readResources({ Work: lambdaFunction(properties) }).warnings).toEqual([]);
  });

  it('asks for its key and its code with what the template calls it', () => {
    const asked: unknown[] = [];
    const { service } = readResources(
      { WorkLambdaFunction: lambdaFunction() },
      {
        codeDirectoryOf: (deployed) => {
          asked.push(deployed);
          return '/somewhere';
        },
        functionKeyOf: (name) => `${name}-key`,
      },
    );
    expect(asked).toEqual([{ logicalId: 'WorkLambdaFunction', name: 'work' }]);
    expect(service.functions[0]).toMatchObject({ codeDirectory: '/somewhere', key: 'work-key' });
  });

  it('never reads what is of no use here, however broken', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({ Role: { Ref: 'Nobody' }, VpcConfig: { SubnetIds: [{ Ref: 'Nobody' }] } }),
    });
    expect(service.functions).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('is refused with the place when a property is of another kind', () => {
    const read = (properties: Record<string, unknown>) => () =>
      readResources({ Work: lambdaFunction(properties) });
    const at = 'Resources.Work.Properties';
    expect(read({ Timeout: 'long' })).toThrow(`${at}.Timeout: expected a number, got "long"`);
    expect(read({ Timeout: '' })).toThrow(`${at}.Timeout: expected a number, got ""`);
    expect(read({ Handler: undefined })).toThrow(`${at}.Handler: expected text, got nothing`);
    expect(read({ Handler: ['a'] })).toThrow(`${at}.Handler: expected text, got ["a"]`);
    expect(read({ Environment: 'none' })).toThrow(`${at}.Environment: expected an object, got "none"`);
    expect(read({ Layers: 'one' })).toThrow(`${at}.Layers: expected a list, got "one"`);
  });
});

describe('a function that cannot run here', () => {
  it.each([
    [{ PackageType: 'Image', Runtime: undefined }, 'it is packaged as a container image'],
    [{ Code: { ZipFile: 'exports.handler = 1' } }, 'its code is inline in the template'],
    [{ Runtime: 'python3.13' }, 'its runtime is "python3.13", and only Node.js functions run here'],
  ])('is left out with a warning: %j', (properties, reason) => {
    const { service, warnings } = readResources({ Work: lambdaFunction(properties) });
    expect(service.functions).toEqual([]);
    expect(service.functionsNotRun).toEqual([{ name: 'work', reason }]);
    expect(warnings).toEqual([`The function work is not run locally: ${reason}`]);
  });

  it('is left out when its package cannot be run, and the others run', () => {
    const { service, warnings } = readResources(
      { Work: lambdaFunction(), Rest: lambdaFunction({ FunctionName: 'rest' }) },
      { packageProblemOf: (name) => (name === 'work' ? 'its package is torn' : undefined) },
    );
    expect(service.functions.map(({ name }) => name)).toEqual(['rest']);
    expect(service.functionsNotRun).toEqual([{ name: 'work', reason: 'its package is torn' }]);
    expect(warnings).toEqual(['The function work is not run locally: its package is torn']);
  });

  it('is left out when only CloudFormation calls it', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction(),
      Resource: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': 'Work.Arn' } } },
    });
    expect(service.functions).toEqual([]);
    expect(warnings).toEqual([
      'The function work is not run locally: it only serves the deployment',
      expect.stringContaining(
        'Resource (Custom::Thing) is not run locally: custom resources do nothing here, and what their functions set up is not there; ',
      ),
    ]);
  });
});

describe('a function of whose layers', () => {
  const insights = 'arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:53';
  const layer = { Type: 'AWS::Lambda::LayerVersion', Properties: { LayerName: 'common', Content: {} } };
  const own = 'arn:aws:lambda:eu-central-1:000000000000:layer:common:1';

  it('none is here runs without them, which is said, with what to do', () => {
    const { service, warnings } = readResources({ Work: lambdaFunction({ Layers: ['arn:of:a:layer'] }) });
    expect(service.functions[0]?.layers).toEqual([{ arn: 'arn:of:a:layer', isHere: false }]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The function work runs without its layers: arn:of:a:layer\. .*custom\.lantern\.local\.layers/,
      ),
    ]);
  });

  it('are by condition has those that hold', () => {
    const Layers = [
      { 'Fn::If': ['Never', 'arn:never', { Ref: 'AWS::NoValue' }] },
      { 'Fn::If': ['Never', 'arn:never', own] },
    ];
    const { service } = readTemplate({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Work: lambdaFunction({ Layers }) },
    });
    expect(service.functions[0]?.layers).toEqual([{ arn: own, isHere: false }]);
  });

  it('some are here is told of the others, once for all functions that lack the same', () => {
    const Layers = [{ Ref: 'CommonLambdaLayer' }, insights];
    const { service, warnings } = readResources(
      {
        Work: lambdaFunction({ Layers }),
        Rest: lambdaFunction({ FunctionName: 'rest', Layers }),
        All: lambdaFunction({ FunctionName: 'all', Layers: Layers.slice(0, 1) }),
        CommonLambdaLayer: layer,
      },
      { layersHereOf: () => ({ arns: [own], extensions: [], size: 1 }) },
    );
    const both = [
      { arn: own, isHere: true },
      { arn: insights, isHere: false },
    ];
    expect(service.functions.map(({ layers }) => layers)).toEqual([both, both, both.slice(0, 1)]);
    expect(warnings).toEqual([
      expect.stringContaining(`The functions work, rest run without their layers: ${insights}. `),
    ]);
  });

  it('hold extensions or may hold its wrapper is told that they are not run', () => {
    const here = { arns: [own], extensions: ['metrics', 'logs'], size: 1 };
    const read = (Layers: unknown[]) =>
      readResources(
        {
          Work: lambdaFunction({
            Layers,
            Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler' } },
          }),
          CommonLambdaLayer: layer,
        },
        { layersHereOf: () => here },
      ).warnings;
    expect(read([own])).toEqual([
      'The function work runs without the extensions in its layers: metrics, logs',
    ]);
    expect(read([own, insights])).toEqual([
      expect.stringContaining('extensions'),
      'The function work runs without its wrapper /opt/otel-handler where no layer on this machine holds it',
      expect.stringContaining(insights),
    ]);
  });

  it.each([
    [6, 1, /^The function work has 6 layers: Lambda takes at most 5 and refuses to deploy it$/],
    [2, 262_144_001, /^The function work has code and layers of 262144001 bytes, .* at most 262144000/],
  ])('are too many or too large runs, and is told so: %i, %i', (count, size, warning) => {
    const Layers = Array.from({ length: count }, (_, index) => `${own.slice(0, -2)}-${index}:1`);
    const read = (layersHereOf: () => { arns: string[]; extensions: []; size: number }) =>
      readResources({ Work: lambdaFunction({ Layers }) }, { layersHereOf });
    const { service, warnings } = read(() => ({ arns: Layers, extensions: [], size }));
    expect(service.functions).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('are five of just the size that Lambda takes is told nothing', () => {
    const Layers = Array.from({ length: 5 }, (_, index) => `${own.slice(0, -2)}-${index}:1`);
    const layersHereOf = () => ({ arns: Layers, extensions: [], size: 262_144_000 });
    expect(readResources({ Work: lambdaFunction({ Layers }) }, { layersHereOf }).warnings).toEqual([]);
  });

  it('there are two versions of is told that Lambda takes one', () => {
    const Layers = [own, own.replace(/1$/, '12')];
    const layersHereOf = () => ({ arns: Layers, extensions: [], size: 1 });
    expect(readResources({ Work: lambdaFunction({ Layers }) }, { layersHereOf }).warnings).toEqual([
      'The function work has the layer common twice: Lambda takes one version of a layer and refuses to deploy it',
    ]);
  });
});
