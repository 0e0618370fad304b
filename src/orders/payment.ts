export interface PaymentRequest {
  readonly orderId: string;
  /** Euros. */
  readonly amount: number;
}

/** How the payment provider of this demonstration behaves. */
export type PaymentBehaviour = 'approve' | 'decline' | 'be-slow' | 'fail';

/** How long a slow payment takes, in milliseconds. */
export const SLOW_PAYMENT_MS = 2000;

/** Amounts ending in .13 are declined, in .99 are slow, in .66 fail; all others are approved at once. */
export function behaviourFor(amount: number): PaymentBehaviour {
  switch (Math.round(amount * 100) % 100) {
    case 13:
      return 'decline';
    case 99:
      return 'be-slow';
    case 66:
      return 'fail';
    default:
      return 'approve';
  }
}
