/** What is looked for in logs, by the categories that redaction has (`Category` of `lambda-lantern`). */
export const CATEGORIES = [
  'credentials',
  'contact',
  'identity',
  'financial',
  'health',
  'location',
  'network',
] as const;

export type DataCategory = (typeof CATEGORIES)[number];

/**
 * The managed data identifiers that find what our detectors and denied names of a category stand for: CloudWatch Logs User Guide,
 * "Types of data that you can protect", with the country behind the hyphen; of driving licences not all, as each makes every policy
 * longer. `Name` and `Address` are left out on purpose: they are guesses, no detector of ours makes them, and an alarm on them
 * would be switched off within the week.
 */
const IDENTIFIERS: Readonly<Record<DataCategory, readonly string[]>> = {
  credentials: ['AwsSecretKey', 'OpenSshPrivateKey', 'PgpPrivateKey', 'PkcsPrivateKey', 'PuttyPrivateKey'],
  contact: ['EmailAddress', ...inCountries('PhoneNumber', 'BR DE ES FR GB IT US')],
  identity: [
    'CpfCode-BR',
    'DateOfBirth',
    ...inCountries('DriversLicense', 'CA DE ES FR GB IT US'),
    'ElectoralRollNumber-GB',
    'IndividualTaxIdentificationNumber-US',
    'InseeCode-FR',
    ...inCountries('NationalIdentificationNumber', 'DE ES IT'),
    'NationalInsuranceNumber-GB',
    'NieNumber-ES',
    'NifNumber-ES',
    ...inCountries('PassportNumber', 'CA DE ES FR GB IT US'),
    'PermanentResidenceNumber-CA',
    'RgNumber-BR',
    'SocialInsuranceNumber-CA',
    ...inCountries('Ssn', 'ES US'),
    ...inCountries('TaxId', 'DE ES FR GB'),
    'VehicleIdentificationNumber',
  ],
  financial: [
    ...inCountries('BankAccountNumber', 'DE ES FR GB IT US'),
    'CreditCardExpiration',
    'CreditCardNumber',
    'CreditCardSecurityCode',
  ],
  health: [
    'DrugEnforcementAgencyNumber-US',
    'HealthInsuranceCardNumber-EU',
    'HealthInsuranceClaimNumber-US',
    'HealthInsuranceNumber-FR',
    'HealthcareProcedureCode-US',
    'MedicareBeneficiaryNumber-US',
    'NationalDrugCode-US',
    'NationalProviderId-US',
    'NhsNumber-GB',
    'PersonalHealthNumber-CA',
  ],
  location: ['CepCode-BR', 'LatLong', 'PostalCode-CA', 'ZipCode-US'],
  network: ['IpAddress'],
};

function inCountries(identifier: string, countries: string): readonly string[] {
  return countries.split(' ').map((country) => `${identifier}-${country}`);
}

/** The ARNs of the data identifiers of some categories, in the order of the list; those of China have a partition of their own. */
export function dataIdentifiers(categories: readonly DataCategory[], region: string): readonly string[] {
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  return CATEGORIES.filter((category) => categories.includes(category))
    .flatMap((category) => IDENTIFIERS[category])
    .map((name) => `arn:${partition}:dataprotection::aws:data-identifier/${name}`);
}
