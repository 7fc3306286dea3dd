import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { bearerToken, readBody, sameSecret, sendJson } from "../http/server";
import { faultsSchema } from "./faults";
import type { Provider } from "./provider";

const FAULTS_PATH = "/_local/faults";
const MAX_BODY_BYTES = 4096;

/**
 * Answers `GET` and `PUT /_local/faults`: injected faults, for tests in another process. Not part of Stripe's API;
 * requires the secret key. Returns false for any other path.
 */
export function handleFaults(
  provider: Provider,
  secretKey: string,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (pathname !== FAULTS_PATH) return false;
  void respond(provider, secretKey, request, response);
  return true;
}

async function respond(
  { faults }: Provider,
  secretKey: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = (await readBody(request, MAX_BODY_BYTES)).toString("utf8");
    if (!sameSecret(bearerToken(request) ?? "", secretKey))
      return sendJson(response, 401, { error: "wrong key" });
    if (request.method === "GET") return sendJson(response, 200, faults.current);
    if (request.method !== "PUT") return sendJson(response, 405, { error: "GET or PUT" });
    const input: unknown = JSON.parse(body);
    sendJson(response, 200, faults.set(faultsSchema.parse(input)));
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    sendJson(response, 400, { error: message });
  }
}
