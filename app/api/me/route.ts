import { z } from "zod";
import { getUser, userSchema } from "@/lib/accounts";
import { AppError } from "@/lib/core/errors";
import { onlyAllows } from "@/lib/core/http";
import { route } from "../with-session";

// GET /api/me
export const GET = route(
  { summary: "The signed-in account", auth: "user", response: z.object({ user: userSchema }) },
  async ({ caller }) => {
    const user = await getUser(caller.userId);
    if (!user) throw new AppError("unauthenticated");
    return { user };
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
