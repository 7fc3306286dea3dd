export { DEFAULT_BODY_LIMIT_BYTES, readText } from "./body";
export { type ClientInfo, clientOf } from "./client";
export { failureResponse, isOutage, toAppError } from "./failure";
export { type Method, onlyAllows } from "./only-allows";
export { parseInput } from "./parse";
export { type Auth, createRoute, Reply, type RouteHandler, type RouteLimit, type RouteSpec } from "./route";
