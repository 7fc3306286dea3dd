export { signInSchema, signUpSchema } from "./client";
export { hashPassword } from "./password";
export { getUser, signIn } from "./sign-in";
export { newReferralCode, signUp } from "./sign-up";
export { type User, userSchema } from "./user";
