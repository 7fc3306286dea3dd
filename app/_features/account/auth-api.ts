import { callApi } from "@/app/_data/call-api";
import { clearKeptPages } from "@/app/_data/kept-pages";
import { broadcastSignIn, broadcastSignOut, runSessionEndingCall } from "@/app/_data/session";
import type { ApiResult } from "@/app/_ui/api-result";
import type { SignedIn } from "@/lib/schemas/session";

export async function signIn(body: { email: string; password: string }) {
  return notifyTabs(
    await callApi<SignedIn>("/api/auth/sign-in", { method: "POST", body, skipSessionRefresh: true }),
  );
}

export async function signUp(body: {
  email: string;
  password: string;
  name: string;
  referralCode?: string | undefined;
}) {
  return notifyTabs(
    await callApi<SignedIn>("/api/auth/sign-up", { method: "POST", body, skipSessionRefresh: true }),
  );
}

/** Notifies other tabs, which may show another account or use the old token. */
function notifyTabs(result: ApiResult<SignedIn>) {
  if (result.ok) {
    clearKeptPages();
    broadcastSignIn(result.data.user.id, result.data.expiresAt);
  }
  return result;
}

export async function signOut() {
  const result = await runSessionEndingCall(() =>
    callApi("/api/auth/sign-out", { method: "POST", body: {}, skipSessionRefresh: true }),
  );
  if (result.ok) broadcastSignOut();
  return result;
}

/** Makes the session fresh again, for routes that require a recent password entry. */
export function confirmPassword(body: { password: string }) {
  return callApi("/api/auth/confirm-password", { method: "POST", body });
}

/** The response is the same whether or not the address has an account. */
export function forgotPassword(body: { email: string }) {
  return callApi("/api/auth/forgot-password", { method: "POST", body, skipSessionRefresh: true });
}

export function resetPassword(body: { token: string; password: string }) {
  return callApi("/api/auth/reset-password", { method: "POST", body, skipSessionRefresh: true });
}

export function confirmAddress(body: { token: string }) {
  return callApi("/api/auth/confirm-email", { method: "POST", body, skipSessionRefresh: true });
}
