import { callApi, type ResponseBody } from "@/app/_data/call-api";
import { broadcastSignIn, broadcastSignOut, runSessionEndingCall } from "@/app/_data/session";
import type { ApiResult } from "@/app/_ui/api-result";

export async function signIn(body: { email: string; password: string }) {
  return notifyTabs(
    await callApi("/api/auth/sign-in", "signedIn", { method: "POST", body, skipSessionRefresh: true }),
  );
}

export async function signUp(body: {
  email: string;
  password: string;
  name: string;
  referralCode?: string | undefined;
}) {
  return notifyTabs(
    await callApi("/api/auth/sign-up", "signedIn", { method: "POST", body, skipSessionRefresh: true }),
  );
}

/** The tabs that show another person, or know the old token, hear of it. */
function notifyTabs(result: ApiResult<ResponseBody<"signedIn">>) {
  if (result.ok) broadcastSignIn(result.data.user.id, result.data.expiresAt);
  return result;
}

export async function signOut() {
  const result = await runSessionEndingCall(() =>
    callApi("/api/auth/sign-out", "done", { method: "POST", body: {}, skipSessionRefresh: true }),
  );
  if (result.ok) broadcastSignOut();
  return result;
}

/** For what needs the password to have been given lately. */
export function confirmPassword(body: { password: string }) {
  return callApi("/api/auth/confirm-password", "done", { method: "POST", body });
}

/** Answers the same whether or not the address is known here. */
export function forgotPassword(body: { email: string }) {
  return callApi("/api/auth/forgot-password", "done", { method: "POST", body, skipSessionRefresh: true });
}

export function resetPassword(body: { token: string; password: string }) {
  return callApi("/api/auth/reset-password", "done", { method: "POST", body, skipSessionRefresh: true });
}

export function confirmAddress(body: { token: string }) {
  return callApi("/api/auth/confirm-email", "done", { method: "POST", body, skipSessionRefresh: true });
}
