import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import { runSessionEndingCall } from "@/app/_data/session";
import type { profileSchema, User } from "@/lib/schemas/account";
import type { ContactPolicy, NotificationLevel } from "@/lib/schemas/enums";
import { confirmPassword } from "./auth-api";

export function changeProfile(body: z.input<typeof profileSchema>) {
  return callApi<{ user: User }>("/api/me", { method: "PATCH", body });
}

export async function changePassword(body: { currentPassword: string; newPassword: string }) {
  const result = await callApi("/api/me/password", {
    method: "POST",
    body,
    password: body.currentPassword,
  });
  if (result.ok) return result;
  // The API reports the confirmed password as `password`; the form shows it on its `currentPassword` field.
  const details = result.failure.details.map((detail) =>
    detail.path === "password" ? { ...detail, path: "currentPassword" } : detail,
  );
  return { ok: false as const, failure: { ...result.failure, details } };
}

/** Takes effect when the link mailed to the new address is opened. */
export function changeAddress(body: { email: string }) {
  return callApi("/api/me/email", { method: "POST", body });
}

/** Sends the confirmation link again. */
export function sendConfirmation() {
  return callApi("/api/me/confirm-email", { method: "POST", body: {} });
}

export function becomeArtist() {
  return callApi("/api/me/artist", { method: "POST", body: {} });
}

export function changePreferences(body: {
  hidesPresence?: boolean;
  contactPolicy?: ContactPolicy;
  telegram?: boolean;
  notifications?: Record<string, NotificationLevel>;
}) {
  return callApi("/api/me/preferences", { method: "PATCH", body });
}

export function endSession(id: string) {
  return callApi(`/api/sessions/${id}`, { method: "DELETE" });
}

export function endSessions(scope: "others" | "all") {
  const call = () => callApi(`/api/sessions?scope=${scope}`, { method: "DELETE" });
  return scope === "all" ? runSessionEndingCall(call) : call();
}

/** Permanent. The form asks for the password, so it also makes the session fresh first. */
export async function deleteAccount(body: { password: string }) {
  const confirmed = await confirmPassword(body);
  if (!confirmed.ok) return confirmed;
  return runSessionEndingCall(() => callApi("/api/me", { method: "DELETE", body }));
}
