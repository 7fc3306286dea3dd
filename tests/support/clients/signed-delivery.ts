import { SignJWT } from "jose";
import { POST as receive } from "@/app/api/qstash/[queue]/route";
import { type ApiResponse, call } from "./call";

interface DeliverySigning {
  key?: string | undefined;
  /** The queue whose address is signed; by default the queue that receives the delivery. */
  signedFor?: string;
  /** Where it is delivered; by default APP_URL. */
  base?: string | undefined;
  /** `exp` as jose reads it: "5m", "-1m". */
  expires?: string;
}

/** A signature as QStash creates it. */
export async function signDelivery(
  queue: string,
  body: string,
  {
    key = process.env.QSTASH_CURRENT_SIGNING_KEY,
    signedFor = queue,
    expires = "5m",
    base = process.env.APP_URL,
  }: DeliverySigning = {},
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  return new SignJWT({ body: Buffer.from(digest).toString("base64url") })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("Upstash")
    .setSubject(`${base}/api/qstash/${signedFor}`)
    .setIssuedAt()
    .setNotBefore(0)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(key));
}

/** Delivers a body to a queue's route, with or without a signature. */
export function deliver(queue: string, body: string, signature?: string): Promise<ApiResponse> {
  return call(receive, {
    params: { queue },
    body,
    headers: signature ? { "upstash-signature": signature } : {},
  });
}

/** Delivers a message with tasks as QStash does. */
export async function deliverTask(queue: string, ...taskIds: string[]): Promise<ApiResponse> {
  const body = JSON.stringify({ taskIds });
  return deliver(queue, body, await signDelivery(queue, body));
}
