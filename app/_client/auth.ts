import * as z from "zod/mini";
import { callApi } from "./api";

/** The cookie that comes with the answer is what counts; scripts cannot read it and do not need to. */
const signedIn = z.object({ user: z.object({ id: z.string(), name: z.string() }) });

export function signIn(body: { email: string; password: string }) {
  return callApi("/api/auth/sign-in", signedIn, { method: "POST", body });
}

export function signUp(body: { email: string; password: string; name: string; referralCode?: string }) {
  return callApi("/api/auth/sign-up", signedIn, { method: "POST", body });
}

export function signOut() {
  return callApi("/api/auth/sign-out", z.unknown(), { method: "POST", body: {} });
}
