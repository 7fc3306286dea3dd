import { callApi } from "./api";

export function signIn(body: { email: string; password: string }) {
  return callApi("/api/auth/sign-in", "signedIn", { method: "POST", body });
}

export function signUp(body: { email: string; password: string; name: string; referralCode?: string }) {
  return callApi("/api/auth/sign-up", "signedIn", { method: "POST", body });
}

export function signOut() {
  return callApi("/api/auth/sign-out", "done", { method: "POST", body: {} });
}
