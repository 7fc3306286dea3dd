import { type Answer, callApi } from "@/app/_data/call-api";
import { endingSession, tellSignedIn, tellSignedOut } from "@/app/_data/session";
import type { ApiResult } from "@/app/_ui/api-result";

export async function signIn(body: { email: string; password: string }) {
  return told(await callApi("/api/auth/sign-in", "signedIn", { method: "POST", body, proves: true }));
}

export async function signUp(body: {
  email: string;
  password: string;
  name: string;
  referralCode?: string | undefined;
}) {
  return told(await callApi("/api/auth/sign-up", "signedIn", { method: "POST", body, proves: true }));
}

/** The tabs that show another person, or know the old token, hear of it. */
function told(result: ApiResult<Answer<"signedIn">>) {
  if (result.ok) tellSignedIn(result.data.user.id, result.data.expiresAt);
  return result;
}

export async function signOut() {
  const result = await endingSession(() =>
    callApi("/api/auth/sign-out", "done", { method: "POST", body: {}, proves: true }),
  );
  if (result.ok) tellSignedOut();
  return result;
}

/** For what needs the password to have been given lately. */
export function confirmPassword(body: { password: string }) {
  return callApi("/api/auth/confirm-password", "done", { method: "POST", body });
}

/** Answers the same whether or not the address is known here. */
export function forgotPassword(body: { email: string }) {
  return callApi("/api/auth/forgot-password", "done", { method: "POST", body, proves: true });
}

export function resetPassword(body: { token: string; password: string }) {
  return callApi("/api/auth/reset-password", "done", { method: "POST", body, proves: true });
}

export function confirmAddress(body: { token: string }) {
  return callApi("/api/auth/confirm-email", "done", { method: "POST", body, proves: true });
}
