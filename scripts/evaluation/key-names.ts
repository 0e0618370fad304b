/** Names of keys whose values are personal or secret, as APIs of many trades write them. */
export const SENSITIVE_NAMES = namesIn(`
  password user_password adminPassword PASSWORD_HASH passwordConfirmation old_passwd dbPwd pass_phrase
  secret client_secret sharedSecret webhookSecret jwtSecret app_secret_key
  apiKey API_KEY x-api-key stripeApiKey secretAccessKey aws_access_key_id privateKey ssh_private_key encryptionKey
  token access_token refreshToken id_token bearerToken resetToken csrf-token deviceToken pushToken auth_token
  Authorization proxy-authorization Cookie set-cookie sessionId PHPSESSID connect.sid session_token
  credentials connectionString DATABASE_URL otp otpCode mfaSecret pinCode security_answer recoveryCodes
  ssn socialSecurityNumber national_id passportNo taxId driverLicenseNumber nationalInsuranceNumber
  cardNumber card_number creditCardNumber cvv cvc2 iban bankAccountNumber routing_number sortCode accountHolderName
  email e-mail customerEmail email_address phone mobilePhone phone_number homeTelephone faxNumber
  firstName last_name fullName customer_name maidenName dateOfBirth dob birthDate gender nationality
  address streetAddress shipping_address postalCode zip_code latitude gpsCoordinates
  ipAddress client_ip remoteAddr x-forwarded-for macAddress imei deviceId
  diagnosis medicalRecordNumber bloodType salary
`);

/** Names of keys whose values say nothing about a person, many of which look like one of the others. */
export const BENIGN_NAMES = namesIn(`
  id uuid orderId order_number requestId traceId status statusCode state type kind version createdAt updated_at
  expiresAt timestamp duration total subtotal price currency quantity sku title description category tags items
  count page pageSize nextToken cursor limit offset author authors authorId primaryKey foreignKey sortKey cacheKey
  keyboard monkey tokenCount totalTokens max_tokens tokenizer compass passenger passed passCount bypass
  classification secretary emailVerified emailSentAt phoneVerified hasPassword passwordLastChangedAt
  addressable session_count cardinality discardedAt scorecard dashboard shipping zipper pinned spinner
  shopping skipped ellipsis locationCount latency language translation publicKey
`);

function namesIn(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
