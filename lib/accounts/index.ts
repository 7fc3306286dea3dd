export { becomeArtist } from "./become-artist";
export { changeAddress } from "./change-address";
export { changePassword } from "./change-password";
export { changeProfile } from "./change-profile";
export {
  changeAddressSchema,
  changePasswordSchema,
  confirmAddressSchema,
  forgotPasswordSchema,
  passwordSchema,
  profileSchema,
  resetPasswordSchema,
  signInSchema,
  signUpSchema,
} from "./client";
export { confirmAddress, resendConfirmation } from "./confirm-address";
export { confirmPassword, requirePassword } from "./confirm-password";
export { accountLocale } from "./mails";
export { hashPassword } from "./password";
export { requestPasswordReset } from "./request-password-reset";
export { resetPassword } from "./reset-password";
export { getUser, signIn } from "./sign-in";
export { newReferralCode, signUp } from "./sign-up";
export { tidyLinks } from "./tidy-links";
export { type User, userSchema } from "./user";
