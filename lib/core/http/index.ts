export { DEFAULT_BODY_LIMIT_BYTES, readText } from "./body";
export { type ClientInfo, clientOf } from "./client-info";
export { failureResponse, isOutage, toAppError } from "./error-response";
export { parseInput } from "./parse-input";
export { type Method, onlyAllows } from "./reject-other-methods";
export { type Auth, createRoute, Reply, type RouteHandler, type RouteLimit, type RouteSpec } from "./route";
