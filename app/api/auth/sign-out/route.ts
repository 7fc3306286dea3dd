import { z } from "zod";
import { onlyAllows, Reply } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { clearedAccessCookie } from "@/lib/sessions";
import { route } from "../../with-session";

// POST /api/auth/sign-out
export const POST = route(
  { summary: "Take the access cookie away", auth: "public", response: z.object({ message: z.string() }) },
  async ({ locale }) =>
    new Reply(
      { message: messageText("signed_out", locale) },
      { headers: { "set-cookie": clearedAccessCookie() } },
    ),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
