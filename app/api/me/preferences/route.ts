import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import {
  changePreferences,
  changePreferencesSchema,
  getPreferences,
  preferencesSchema,
} from "@/lib/notifications";

const response = z.object({ preferences: preferencesSchema });

// GET /api/me/preferences
export const GET = defineRoute(
  {
    summary: "Notification preferences, and whether others see the caller's presence",
    auth: "user",
    response,
  },
  async ({ caller }) => ({ preferences: await getPreferences(caller) }),
);

// PATCH /api/me/preferences
export const PATCH = defineRoute(
  {
    summary: "Change preferences; notifications about money may be quiet, not off",
    auth: "user",
    body: changePreferencesSchema,
    response,
  },
  async ({ caller, body }) => ({ preferences: await changePreferences(caller, body) }),
);

export const { POST, PUT, DELETE, OPTIONS } = rejectOtherMethods("GET", "PATCH");
