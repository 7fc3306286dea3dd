export type ErrorType = "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";

interface ErrorDetails {
  code?: string;
  param?: string;
  /** Ids of what the error is about, as Stripe puts them beside the message. */
  charge?: string;
}

/** A request that is refused, in Stripe's one error shape. */
export class StripeApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: ErrorType,
    message: string,
    readonly details: ErrorDetails = {},
    /**
     * Whether the call began to do its work. Such an answer is kept under the idempotency key; a request that
     * was never begun (a parameter that does not parse) may be sent again with the same key, put right.
     */
    readonly hasBegun = true,
  ) {
    super(message);
    this.name = "StripeApiError";
  }

  body(): unknown {
    const { code } = this.details;
    const docUrl =
      code === undefined
        ? {}
        : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` };
    return { error: { ...this.details, ...docUrl, message: this.message, type: this.type } };
  }
}

/** Refused by what the thing's state is: 400. */
export function invalidRequestError(message: string, details: ErrorDetails = {}): StripeApiError {
  return new StripeApiError(400, "invalid_request_error", message, details);
}

/** Refused before anything began: 400 about one parameter. */
export function invalidParameterError(
  param: string | undefined,
  message: string,
  code?: string,
): StripeApiError {
  return new StripeApiError(400, "invalid_request_error", message, { code, param }, false);
}

/** @param param  the parameter that carried the id, as Stripe names it */
export function notFoundError(what: string, id: string, param: string): StripeApiError {
  return new StripeApiError(404, "invalid_request_error", `No such ${what}: '${id}'`, {
    code: "resource_missing",
    param,
  });
}
