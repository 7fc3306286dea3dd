import { mailTransporter } from "./transporter";

/** Connects to the mail server and signs in, without sending. @throws when it refuses or does not answer */
export async function verifyMailServer(): Promise<void> {
  await mailTransporter().verify();
}
