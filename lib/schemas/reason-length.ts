/** Characters of a reason that an operator gives (reason.ts); without zod, for forms. */
export const MAX_REASON_LENGTH = 300;
