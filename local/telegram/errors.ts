/** An error as the Bot API answers it: `{ ok: false, error_code, description, parameters }`. */
export class BotApiError extends Error {
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: { retry_after?: number },
  ) {
    super(description);
    this.name = "BotApiError";
  }

  get body() {
    const { code, description, parameters } = this;
    return { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) };
  }
}

/** A 400 with Telegram's prefix; the text begins in lower case unless it is a constant such as `BUTTON_DATA_INVALID`. */
export function badRequest(text: string): BotApiError {
  const isConstant = /^.[A-Z_]/.test(text);
  const lowered = isConstant ? text : `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  return new BotApiError(400, `Bad Request: ${lowered}`);
}

/** @param seconds  after which the caller may try again */
export function tooManyRequests(seconds: number): BotApiError {
  return new BotApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
