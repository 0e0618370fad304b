import type { Category } from '../detectors/detector.ts';

/**
 * Names whose values are not shown, by category. A name is words with spaces between; it is found in a key whatever
 * the key's case and separators (`apiKey`, `X-API-KEY`, `apikey`), between other words too (`userPassword`), and in
 * the plural. A name with `=` before it counts only as the whole key: it means something else between other words.
 */
export const DENIED_NAMES: Readonly<Record<Category, readonly string[]>> = {
  credentials: namesIn(`
    password, passwd, pwd, passphrase, passcode, =pass, =pw, db pass, user pass, smtp pass, secret, token,
    jwt, bearer, credential, creds, =auth, authorization, auth header, x auth, api key, access key,
    private key, account key, shared key, signing key, encryption key, master key, license key, ssh key,
    service key, subscription key, webhook key, app key, client key, auth key, session key,
    connection string, database url, dsn, cookie, session id, =session, =sid, connect sid, csrf, xsrf, otp,
    totp, pin, pin code, mfa code, one time code, verification code, security code, recovery code,
    backup code, auth code, authorization code, security answer, security question, =sig, x amz signature,
    saml response, saml assertion, presigned url, signed url, magic link, reset link, reset url,
    pem, kerberos ticket, shared access signature, =signature, client assertion, =hmac, =salt, mnemonic, seed phrase,
    webhook url, slack webhook, conn str, conn string, mongo uri, mongodb uri, redis url, database uri, db url,
    consumer key, =pat, oauth verifier, code verifier, recovery key, deploy key, gpg key, sa key, bot key, api token,
    secret access key, php sess id, jsession id, asp net session id
  `),
  contact: namesIn(`
    email, e mail, =mail, mail address, phone, telephone, =tel, =mobile, mobile number, msisdn, =cell,
    cell number, =fax, fax number, contact number, whatsapp, telegram id, skype id, recipient, reply to,
    cellphone, mobile no, contact no, phone no
  `),
  identity: namesIn(`
    ssn, itin, social security, social insurance, national id, national insurance, nino, passport,
    identity card, id card number, driver license, drivers license, driving licence, driver licence,
    license plate, tax id, tax number, =tin, taxpayer, steuer id, dni, nie, nif, pesel, bsn, cpf, curp,
    cnp, oib, egn, aadhaar, personnummer, fodselsnummer, hetu, nhs number, codice fiscale, personal code,
    personal number, voter id, immigration number, visa number, first name, last name, full name,
    given name, family name, middle name, maiden name, surname, forename, birth name, legal name,
    customer name, patient name, contact name, recipient name, user name, nickname, dob, birth date,
    date of birth, birthday, birth day, birth year, born, birth place, place of birth, gender, =sex,
    ethnicity, =race, religion, nationality, citizenship, marital status, sexual orientation,
    political opinion, political affiliation, political party, =ein, =sin, =nin, aadhar, pan card, cnpj,
    fiscal code, =login, person name, =vin, vehicle identification number, plate number, green card, id number,
    identity number, personal id, citizen id, resident id, trade union, biometric, fingerprint, face id, signature image, mothers maiden
  `),
  financial: namesIn(`
    card number, card no, card num, credit card, debit card, cvn, track 1, track 2, payment card, =card, =pan, cvv, cvv2, cvc,
    cvc2, =csc, =cid, card holder, card holder name, name on card, card expiry, card exp, expiry month,
    expiry year, exp month, exp year, track data, iban, bic, swift, account number, account no,
    acct number, bank account, routing number, aba number, sort code, bank code, salary, wage, income,
    net worth, credit score, wallet address, account holder, account holder name, account balance,
    bank details, =holder, acct num, beneficiary account
  `),
  health: namesIn(`
    diagnosis, diagnoses, blood type, blood group, allergy, allergies, medication, prescription,
    medical record, medical history, medical condition, mrn, health insurance, health card,
    insurance number, patient id, patient number, disability, symptom, treatment plan, icd code, genetic,
    pregnant, pregnancy, vaccination, medicare, insurance id, health id, hiv, hiv status
  `),
  location: namesIn(`
    address, street, house number, apartment number, postcode, postal code, zip code, =zip, lat, latitude,
    lng, =lon, longitude, lat lng, lat lon, geo location, geolocation, gps, coordinates, geo point,
    home town, =postal, =geo
  `),
  network: namesIn(`
    ip, ip address, ipv4, ipv6, client ip, source ip, remote addr, x forwarded for, forwarded for,
    x real ip, mac address, mac addr, =mac, device id, imei, imsi, iccid, advertising id, idfa, gaid, device fingerprint,
    ssid
  `),
};

/**
 * Names in other languages than the English of most keys, as services for one country have them. Their words are none of fields whose
 * names shapes show: `carta` and `de` are names of people, too.
 */
export const FOREIGN_NAMES: Readonly<Partial<Record<Category, readonly string[]>>> = {
  credentials: namesIn(`
    passwort, kennwort, mot de passe, contraseña, contrasena, senha, palavra passe, parola, parolă, wachtwoord, hasło, haslo, heslo,
    jelszó, jelszo, lösenord, losenord, adgangskode, passord, salasana, şifre, sifre, пароль, 密码, 密碼, パスワード, 暗証番号,
    비밀번호, clave secreta, geheimzahl
  `),
  contact: namesIn(`
    telefon, telefono, teléfono, telefone, telefoon, telefoonnummer, telefonnummer, handynummer, celular, cellulare, телефон, 电话,
    电话号码, 電話番号, 手机号, 手机号码, 전화번호, correo, courriel, почта, 邮箱, 电子邮件, メールアドレス, 이메일
  `),
  identity: namesIn(`
    vorname, nachname, geburtsname, geburtsdatum, geburtstag, geburtsort, steuernummer, ausweisnummer, prénom, prenom, nom de famille,
    nom de naissance, date de naissance, apellido, fecha de nacimiento, fecha nacimiento, cognome, data di nascita, data nascita,
    sobrenome, data de nascimento, data nascimento, voornaam, achternaam, geboortedatum, imię, imie, nazwisko, data urodzenia, příjmení,
    prijmeni, förnamn, fornamn, efternamn, födelsedatum, etunimi, sukunimi, doğum tarihi, dogum tarihi, фамилия, отчество, дата рождения,
    паспорт, 姓名, 氏名, 身份证, 身份证号, 出生日期, 生年月日, 주민등록번호, 생년월일
  `),
  financial: namesIn(`
    kontonummer, kontoinhaber, kreditkarte, kreditkartennummer, kartennummer, gehalt, carte bancaire, carte de credit,
    numero de carte, salaire, tarjeta, numero de cuenta, sueldo, salario, carta di credito, rekeningnummer, 银行卡号,
    信用卡号, 口座番号
  `),
  location: namesIn(`
    adresse, anschrift, straße, strasse, hausnummer, postleitzahl, =plz, code postal, dirección, direccion, domicilio, código postal,
    codigo postal, indirizzo, endereço, endereco, adres, woonplaats, адрес, 地址, 住所, 주소
  `),
};

/**
 * Phrases that hold a denied word and name something else: paging and idempotency, the use of a language model, and
 * things of a program.
 */
export const HARMLESS_PHRASES: readonly string[] = namesIn(`
  next token, page token, continuation token, pagination token, prompt tokens, completion tokens,
  input tokens, output tokens, total tokens, used tokens, cached tokens, reasoning tokens, token bucket,
  address book, address line count, memory address, contract address, email service, email provider,
  phone book, pin board, cookie consent, cookie banner, cookie policy, secret santa, ip range, street view,
  salary band, file fingerprint, income tax
`);

/** A key that ends in one of these says something about the value, not the value: `tokenCount`, `emailVerified`. */
export const HARMLESS_ENDINGS: readonly string[] = namesIn(`
  count, counts, size, length, limit, max, min, enabled, disabled, required, optional, verified, confirmed,
  valid, invalid, validated, present, sent, type, types, kind, status, state, policy, format, template,
  subject, field, column, label, index, version, rate, ratio, expires, expired, expiry, expiration, ttl,
  at, date, age, strength, rule, rules, name, arn, region, scope, provider, service, usage, allowed,
  supported, changed, updated, created, resolver, validator, parser, queue, topic, bounced, delivered,
  opened, visible, seconds, used, endpoint, algorithm, brand, network, issuer, preference, preferences, error,
  errors
`);

/** A key that begins with one of these is a yes, a no, or a number: `hasPassword`, `maxTokens`. */
export const HARMLESS_BEGINNINGS: readonly string[] = namesIn(`
  is, has, had, should, can, needs, requires, require, allow, allows, max, min, num, total, number, count,
  use, uses, enable, disable, show, hide, send, supports
`);

function namesIn(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim());
}
