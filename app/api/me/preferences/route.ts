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
  { summary: "What you want to hear of, and whether others see that you are here", auth: "user", response },
  async ({ caller }) => ({ preferences: await getPreferences(caller) }),
);

// PATCH /api/me/preferences
export const PATCH = defineRoute(
  {
    summary: "Change some of that; what concerns money may be quiet, not off",
    auth: "user",
    body: changePreferencesSchema,
    response,
  },
  async ({ caller, body }) => ({ preferences: await changePreferences(caller, body) }),
);

export const { POST, PUT, DELETE, OPTIONS } = rejectOtherMethods("GET", "PATCH");
