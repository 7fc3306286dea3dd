import { createRoute } from "@/lib/core/http";
import { authenticate } from "@/lib/sessions";

/** Wraps every route handler; the session service authenticates the caller. */
export const defineRoute = createRoute({ authenticate });
