/** Check digits that tell a real number from one that only looks like it. All but Luhn's take digits without separators. */

/** ISO/IEC 7812-1, annex B: payment cards. */
export function luhn(digits: string): boolean {
  let sum = 0;
  let place = 0;
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const digit = digitAt(digits, index);
    if (digit < 0 || digit > 9) continue;
    const doubled = digit * 2;
    if (place % 2 === 0) sum += digit;
    else sum += doubled > 9 ? doubled - 9 : doubled;
    place += 1;
  }
  return sum % 10 === 0;
}

/** GS1 General Specifications: EAN-13, UPC-A, GTIN-14, and the Swiss AHV number. */
export function gs1(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    sum += digitAt(digits, digits.length - 1 - index) * (index % 2 === 0 ? 1 : 3);
  }
  return sum % 10 === 0;
}

/** The remainder of a number of any length, letters counting as 10 to 35 (ISO/IEC 7064, as IBAN uses it). */
export function remainder(characters: string, modulus: number): number {
  let rest = 0;
  for (const character of characters) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % modulus;
  }
  return rest;
}

/** ISO 13616: the first four characters go to the end, and the whole leaves 1. */
export function iban(characters: string): boolean {
  return remainder(characters.slice(4) + characters.slice(0, 4), 97) === 1;
}

/** Sum of digits times weights; digits beyond the weights do not count. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * digitAt(digits, index), 0);
}

/** ISO/IEC 7064 MOD 11,10: the German tax id and the Croatian OIB. */
export function mod11And10(digits: string): boolean {
  let product = 10;
  for (let index = 0; index < digits.length - 1; index += 1) {
    const sum = (digitAt(digits, index) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

/** ISBN-10, whose last character may be X (10). */
export function isbn10(characters: string): boolean {
  if (!/^\d{9}[\dX]$/i.test(characters)) return false;
  const last = /\d/.test(characters[9] ?? '') ? digitAt(characters, 9) : 10;
  return (weightedSum(characters, [10, 9, 8, 7, 6, 5, 4, 3, 2]) + last) % 11 === 0;
}

/** Whether year, month and day of two digits can be a day; the century is unknown, so 29 February passes. */
export function isDay(month: string, day: string): boolean {
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1];
  return days !== undefined && Number(day) >= 1 && Number(day) <= days;
}

function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - 48;
}
