import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { isObject, without } from '../json.ts';
import { messageOf } from '../message-of.ts';
import type { RequestCheckDefinition } from '../template/service.ts';
import { fromDraft4 } from './draft-4.ts';
import { mediaType } from './proxy-event.ts';
import { headerValue } from './request.ts';
import type { RequestValues } from './request-values.ts';
import { valueOf } from './request-values.ts';
import type { GatewayResponse } from './response.ts';
import { restError } from './response.ts';

/** What a REST API checks of a request for a method before a function sees it: required parameters, then the body. */
export class RequestCheck {
  readonly #definition: RequestCheckDefinition;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(definition: RequestCheckDefinition) {
    this.#definition = definition;
  }

  /** Undefined where nothing is wrong. */
  refusal(values: RequestValues, body: Buffer): GatewayResponse | undefined {
    const missing = this.#definition.parameters.filter(
      (parameter) => (valueOf(parameter, values) ?? '') === '',
    );
    if (missing.length > 0) {
      const names = missing.map((parameter) => parameter.replace(/^method\.request\.\w+\./, '')).join(', ');
      const message = `Missing required request parameters: [${names}]`;
      return restError('bad-parameters', message, message);
    }
    return this.#refusalOfBody(values, body);
  }

  /** A type that no model is for is not checked, as in AWS. */
  #refusalOfBody({ request }: RequestValues, body: Buffer): GatewayResponse | undefined {
    const type = mediaType(headerValue(request.headers, 'content-type') ?? 'application/json');
    const { models } = this.#definition;
    if (!Object.hasOwn(models, type)) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(body.toString());
    } catch {
      return restError('bad-body', 'the body is no JSON, and the method has a model for it');
    }
    try {
      const validate = this.#validator(type);
      if (validate(value)) return undefined;
      const [first] = validate.errors ?? [];
      // The place and the rule only: what the body says may be personal.
      return restError(
        'bad-body',
        `the body${first?.instancePath ?? ''} ${first?.message ?? 'does not fit the model'}`,
      );
    } catch (error) {
      const problem = messageOf(error);
      return restError('invoke-failed', `the model of the method for ${type} cannot be used: ${problem}`);
    }
  }

  #validator(type: string): ValidateFunction {
    const known = this.#validators.get(type);
    if (known !== undefined) return known;
    const schema = this.#definition.models[type];
    if (!isObject(schema)) throw new Error('expected a JSON schema');
    // Which draft a schema says it is of changes nothing: API Gateway reads all of them as draft 4.
    const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
    const validate = ajv.compile(fromDraft4(without(schema, '$schema')));
    this.#validators.set(type, validate);
    return validate;
  }
}
