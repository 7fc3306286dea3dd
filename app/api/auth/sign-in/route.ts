import { signIn, signInSchema } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { route } from "../../with-session";
import { signedIn, signedInSchema } from "../signed-in";

// POST /api/auth/sign-in
export const POST = route(
  {
    summary: "Sign in with address and password",
    auth: "public",
    body: signInSchema,
    response: signedInSchema,
  },
  async ({ body }) => signedIn(await signIn(body), 200),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
