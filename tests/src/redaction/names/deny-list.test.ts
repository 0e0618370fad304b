import { describe, expect, it } from 'vitest';
import { DENIED_NAMES, FOREIGN_NAMES } from '../../../../src/redaction/names/denied-names.ts';
import { createDenyList } from '../../../../src/redaction/names/deny-list.ts';
import type { Category } from '../../../../src/redaction/detectors/detector.ts';

const sensitive: Readonly<Record<Category, string>> = {
  credentials: `password userPassword user_password USER-PASSWORD passwd pwd newPassword passwordHash passphrase secret
    clientSecret client_secret apiKey api_key x-api-key apikey X-API-KEY accessKey aws_secret_access_key AccessKeyId
    privateKey private_key token accessToken refresh_token id_token authToken sessionToken csrfToken tokens authorization
    Proxy-Authorization cookie Set-Cookie sessionId session_id otp totpSecret pin cardPin credentials dbCredentials
    connectionString encryptionKey signing_key jwt x-amz-security-token securityAnswer verificationCode`,
  contact:
    'email emailAddress e-mail customerEmail email_address phone phoneNumber home.phone telephone mobileNumber',
  identity: `ssn socialSecurityNumber nationalId passportNumber driversLicense taxId firstName last_name fullName surname
    dateOfBirth dob birthDate gender religion nationality`,
  financial:
    'cardNumber card_number creditCard cvv cvc cardHolderName iban accountNumber bankAccount routingNumber salary',
  health: 'diagnosis bloodType allergies medicalRecordNumber healthInsuranceNumber',
  location: 'address streetAddress postalCode zipCode latitude lng coordinates',
  network: 'ip ipAddress clientIp remoteAddr x-forwarded-for macAddress deviceId imei',
};

/** As services for one country name them, beside the English of others. */
const inOtherLanguages: Readonly<Record<Category, string>> = {
  credentials: `userPasswort KENNWORT neuesPasswort motDePasse mot_de_passe nouveau-mot-de-passe contraseña CONTRASEÑA
    contrasena_nueva senhaAtual nuova_parola wachtwoord hasło haslo heslo jelszó lösenord adgangskode salasana şifre пароль
    новый_пароль ПАРОЛЬ 密码 用户_密码 パスワード 비밀번호`,
  contact: `telefon telefonnummer teléfono telefono_movil telefone celular correo correoElectronico courriel телефон 电话 手机号
    電話番号 メールアドレス`,
  identity: `vorname Nachname kundenVorname geburtsdatum prénom prenom nomDeFamille date_de_naissance apellido apellidos
    fechaNacimiento fecha_de_nacimiento cognome dataDiNascita sobrenome dataNascimento voornaam achternaam imię nazwisko förnamn
    efternamn фамилия дата_рождения 姓名 生年月日 주민등록번호`,
  financial: 'kontonummer kreditkarte gehalt carteBancaire tarjeta numero_de_cuenta salario cartaDiCredito',
  health: '',
  location: `adresse lieferAdresse straße STRASSE hausnummer plz codePostal dirección direccion código_postal indirizzo endereço
    адрес 地址 住所`,
  network: '',
};

/** Words of other languages that look like one of the list, or are part of an English one. */
const harmlessElsewhere = `addressed adressat telefonie parolaio passwortlänge claves parole correos_count imiel tarjetero heslos_count
  calle_count gehaltsband plzen prenominal`;

const benign = `author authors authored authorId primaryKey compass tokenCount tokenize total_tokens maxTokens passenger
  classPath addressBookSize bus_stop pinned keyboard secretary emailSent emailCount phoneVerified passed passCount
  hasPassword isEmailVerified passwordUpdatedAt token_type expiresIn nextToken publicKey uuid id orderId statusCode createdAt
  description productName sku quantity price currency total items shipping zipper tips recipe script ipsum clip equipment
  headphones cardinality discardedAt opinion pinterest foreignKey sortKey cacheKey keyword monkey sessionCount accessLevel
  contentType language latency latest streetlight genderless background traceId requestId memorySize duration version
  location addressable`;

const categoryOf = createDenyList();

describe('createDenyList', () => {
  it.each(Object.entries(sensitive))(
    'finds names of %s, whatever their case and separators',
    (category, names) => {
      for (const name of names.split(/\s+/)) expect([name, categoryOf(name)]).toEqual([name, category]);
    },
  );

  it.each(Object.entries(inOtherLanguages).filter(([, names]) => names !== ''))(
    'finds names of %s in other languages, in every notation',
    (category, names) => {
      for (const name of names.split(/\s+/)) expect([name, categoryOf(name)]).toEqual([name, category]);
    },
  );

  it.each([...Object.entries(DENIED_NAMES), ...Object.entries(FOREIGN_NAMES)])(
    'finds every known name of %s in every notation',
    (category, names) => {
      for (const name of names) {
        const words = name.replace('=', '').split(' ');
        const camel = name.replace('=', '').replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase());
        for (const key of [words.join(''), words.join('_'), words.join('-').toUpperCase(), camel]) {
          expect([key, categoryOf(key)]).toEqual([key, category]);
        }
      }
    },
  );

  it('leaves names alone that only look like denied ones', () => {
    const names = [...benign.split(/\s+/), ...harmlessElsewhere.split(/\s+/)];

    expect(names.length).toBeGreaterThanOrEqual(70);
    expect(names.filter((name) => categoryOf(name) !== undefined)).toEqual([]);
  });

  it('can be extended and reduced by category', () => {
    const options = { extend: { identity: ['loyalty number'] }, without: ['network'] } as const;
    const ofOptions = createDenyList(options);
    expect(ofOptions('customer_loyaltyNumber')).toBe('identity');
    expect(ofOptions('clientIp')).toBeUndefined();
    expect(ofOptions('password')).toBe('credentials');
    expect(createDenyList({ extend: { network: ['device tag'] }, without: ['network'] })('deviceTag')).toBe(
      'network',
    );
  });

  it('takes any key: empty, without letters, and very long', () => {
    expect(categoryOf('')).toBeUndefined();
    expect(categoryOf('__proto__')).toBeUndefined();
    expect(categoryOf('constructor')).toBeUndefined();
    expect(categoryOf('$%&/')).toBeUndefined();
    expect(categoryOf('a'.repeat(1_000_000))).toBeUndefined();
  });
});
