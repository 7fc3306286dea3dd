export { passwordSchema, signInSchema, signUpSchema } from "./client";
export { confirmPassword, requirePassword } from "./confirm-password";
export { hashPassword } from "./password";
export { getUser, signIn } from "./sign-in";
export { newReferralCode, signUp } from "./sign-up";
export { type User, userSchema } from "./user";
