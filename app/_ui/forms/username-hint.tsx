/** Tells a password manager whose password a form is about, where the address itself is not asked for. */
export function UsernameHint({ email }: { email: string }) {
  return <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />;
}
