export { DEFAULT_BODY_LIMIT_BYTES } from "./body";
export { type ClientInfo, getClientInfo } from "./client-info";
export { errorResponse, isOutage, toAppError } from "./error-response";
export { parseInput } from "./parse-input";
export { type Method, rejectOtherMethods } from "./reject-other-methods";
export {
  type Auth,
  createRoute,
  hasOptionalBody,
  idempotencyKeySchema,
  Reply,
  type RouteHandler,
  type RouteLimit,
  type RouteSpec,
} from "./route";
