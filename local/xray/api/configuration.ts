import type { JsonObject } from '../../json.ts';
import type { Settings } from './account.ts';
import { invalidRequest, optionalChoice, optionalText, requiredText } from '../../http/api-input.ts';

const SETTING = 'encryption';

/** What accounts of AWS say of how X-Ray keeps traces. Here it is remembered, and changes nothing. */
export class Configuration {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  encryption(): object {
    return { EncryptionConfig: this.#settings.read(SETTING) ?? { Status: 'ACTIVE', Type: 'NONE' } };
  }

  putEncryption(input: JsonObject): object {
    const type = optionalChoice({ Type: requiredText(input, 'Type') }, 'Type', ['NONE', 'KMS']);
    const keyId = optionalText(input, 'KeyId', 3000);
    if ((type === 'KMS') !== (keyId !== undefined)) {
      throw invalidRequest('KeyId is given with the Type KMS, and with no other.');
    }
    this.#settings.write(SETTING, {
      Status: 'ACTIVE',
      Type: type,
      ...(keyId !== undefined && { KeyId: keyId }),
    });
    return this.encryption();
  }

  destination(): object {
    return { Destination: 'XRay', Status: 'ACTIVE' };
  }

  updateDestination(input: JsonObject): object {
    const destination = optionalChoice(input, 'Destination', ['XRay', 'CloudWatchLogs']);
    if (destination === 'CloudWatchLogs') {
      throw invalidRequest('Lantern local keeps traces itself: the Destination is XRay.');
    }
    return this.destination();
  }

  /** Every trace can be found. */
  indexingRules(): object {
    const rule = { Probabilistic: { DesiredSamplingPercentage: 100, ActualSamplingPercentage: 100 } };
    return { IndexingRules: [{ Name: 'Default', ModifiedAt: 0, Rule: rule }] };
  }
}
