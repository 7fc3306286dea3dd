export type ErrorType = "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";

interface ErrorDetails {
  code?: string;
  param?: string;
  /** Id of the charge that the error is about. */
  charge?: string;
}

/** A refused request, in Stripe's only error shape. */
export class StripeApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: ErrorType,
    message: string,
    readonly details: ErrorDetails = {},
    /**
     * Whether the call began its work. If so, the response is stored under the idempotency key; if not (a parameter
     * does not parse), a corrected request may use the same key.
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

/** Refused because of the object's state: 400. */
export function invalidRequestError(message: string, details: ErrorDetails = {}): StripeApiError {
  return new StripeApiError(400, "invalid_request_error", message, details);
}

/** Refused before the work began: 400 about one parameter. */
export function invalidParameterError(
  param: string | undefined,
  message: string,
  code?: string,
): StripeApiError {
  return new StripeApiError(400, "invalid_request_error", message, { code, param }, false);
}

/** @param param  Stripe's name of the parameter with the id */
export function notFoundError(what: string, id: string, param: string): StripeApiError {
  return new StripeApiError(404, "invalid_request_error", `No such ${what}: '${id}'`, {
    code: "resource_missing",
    param,
  });
}
