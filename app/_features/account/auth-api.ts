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

/** Notifies other tabs, which may show another account or use the old token. */
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

/** Makes the session fresh again, for routes that require a recent password entry. */
export function confirmPassword(body: { password: string }) {
  return callApi("/api/auth/confirm-password", "done", { method: "POST", body });
}

/** The response is the same whether or not the address has an account. */
export function forgotPassword(body: { email: string }) {
  return callApi("/api/auth/forgot-password", "done", { method: "POST", body, skipSessionRefresh: true });
}

export function resetPassword(body: { token: string; password: string }) {
  return callApi("/api/auth/reset-password", "done", { method: "POST", body, skipSessionRefresh: true });
}

export function confirmAddress(body: { token: string }) {
  return callApi("/api/auth/confirm-email", "done", { method: "POST", body, skipSessionRefresh: true });
}
