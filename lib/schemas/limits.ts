/** Limits that the forms show and the schemas enforce; without zod. */

// Chat.
export const MAX_MEMBERS = 200;
export const MAX_TITLE_LENGTH = 80;
export const MAX_TEXT_LENGTH = 4_000;
/** In one message: a hundred lines are several screens of a phone. */
export const MAX_LINE_BREAKS = 100;
export const MAX_ATTACHMENTS = 4;
/** Distinct emoji on one message. */
export const MAX_EMOJI = 20;
export const MAX_PINNED = 50;
/** Users mentioned in one message; each of them is notified. */
export const MAX_MENTIONS = 20;
/** Counting unread messages stops here: 100 is shown as "99+". */
export const MAX_UNREAD_COUNT = 100;

/** Length of the list of a chat's newest messages: one page. */
export const RECENT_LIMIT = 50;

// Posts, and descriptions of products.
/** The words of a long song fit. */
export const MAX_DESCRIPTION_LINE_BREAKS = 300;

// What people say about themselves.
/** Of a handle that is chosen; one that is made of a name may be longer. */
export const MIN_HANDLE_LENGTH = 3;
export const MAX_HANDLE_LENGTH = 30;
/** Handles that an account had before and that lead to its page. */
export const MAX_FORMER_HANDLES = 5;
export const MAX_BIO_LENGTH = 1_000;
export const MAX_BIO_LINE_BREAKS = 30;
export const MAX_PROFILE_LINKS = 5;
export const MAX_LINK_LENGTH = 500;
export const MAX_LINK_LABEL_LENGTH = 40;

// Shop.
/** The payment provider's minimum. */
export const MIN_PRICE_MINOR = 50;
/** The payment provider accepts at most eight digits in one payment. */
export const MAX_AMOUNT_MINOR = 99_999_999;
export const MAX_STOCK = 1_000_000;
/** Units of one product in one order: a mail with all their codes must stay readable. */
export const MAX_QUANTITY = 50;

// Files.
/** Vercel limits the bodies of requests to and responses of a function to 4.5 MB. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

// Sound. The bytes go from the browser straight to the store.
export const MAX_AUDIO_BYTES = 500 * 1024 * 1024;
export const MAX_TRACK_SECONDS = 2 * 3_600;
export const MAX_COVER_BYTES = 20 * 1024 * 1024;
/** Tracks and covers that one user may have, apart from what they send in chats. */
export const MAX_UPLOADS_PER_USER = 500;
export const MAX_UPLOAD_BYTES_PER_USER = 10 * 1024 * 1024 * 1024;
/**
 * Cancelled uploads that do not count for these limits. A client may send the bytes until its token expires; more
 * cancelled ones than this count until then.
 */
export const MAX_CANCELLED_UPLOADS = 20;
export const MAX_CANCELLED_UPLOAD_BYTES = 1024 * 1024 * 1024;
/** Length (s) of the preview of a track that is sold, which any visitor can play. */
export const PREVIEW_SECONDS = 30;

// Batches of one call.
export const MAX_VIEWED_POSTS = 100;
export const MAX_ANALYTICS_EVENTS = 50;

// Bonuses.
/** The ledger counts hundredths of a bonus, as prices count hundredths of a currency. */
export const MINOR_PER_BONUS = 100;
/** Limit of one spend: a million bonuses, far below the range of the ledger's integers. */
export const MAX_SPEND_MINOR = 100_000_000;

/**
 * How long the token of an upload is valid: long enough for the largest file at 100 kB a second. A browser that is
 * slower, or was asleep, gets a new one and goes on.
 */
export const UPLOAD_TOKEN_VALID_MS = 2 * 3_600_000;
