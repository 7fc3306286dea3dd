import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { middleware } from "@/middleware";

/** Sign-in attempts through the gate and the route, as over HTTP. Set `TRUST_PROXY=1` before anything reads it. */
export interface SignInAttempt {
  email: string;
  ip: string;
  password?: string;
  cookie?: string;
}

/** Makes one attempt, as forwarded by the trusted proxy. */
export async function attemptSignIn({
  email,
  ip,
  password = "wrong",
  cookie,
}: SignInAttempt): Promise<Response> {
  const request = () =>
    new Request("http://localhost/api/auth/sign-in", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-forwarded-for": `6.6.6.6, ${ip}`,
        "accept-language": "en",
        ...(cookie ? { cookie } : {}),
      },
      body: JSON.stringify({ email, password }),
    });
  const gate = await middleware(request());
  if (gate.status !== 200) return gate;
  return signIn(request(), { params: Promise.resolve({}) });
}

/** The device cookie of a response, as a browser sends it back. */
export function extractDeviceCookie(response: Response): string {
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith("nd_device="));
  if (!cookie) throw new Error("no device cookie");
  return cookie.split(";")[0] ?? "";
}
