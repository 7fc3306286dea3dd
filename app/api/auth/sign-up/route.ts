import { signUp, signUpSchema } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { route } from "../../with-session";
import { signedIn, signedInSchema } from "../signed-in";

// POST /api/auth/sign-up
export const POST = route(
  { summary: "Create an account", auth: "public", body: signUpSchema, response: signedInSchema, status: 201 },
  async ({ body }) => signedIn(await signUp(body), 201),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
