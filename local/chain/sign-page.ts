import type { ServerResponse } from "node:http";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Html, html } from "../http/html";
import { sendJson } from "../http/server";

/** An account to mint to, for those who have no wallet in their browser. */
export interface Wallet {
  name: string;
  key: Hex;
}

/** Where a message is signed, as a wallet would (EIP-191). */
export function signForm(wallets: readonly Wallet[]): Html {
  const options = wallets.map(({ name, key }) => {
    const { address } = privateKeyToAccount(key);
    return html`<option value="${address}">${name}: ${address}</option>`;
  });
  return html`<details><summary>Sign a message as a wallet</summary>
<p>These wallets exist on this machine only. A real one signs in your browser or on its device.</p>
<form method="post" action="/sign" target="_blank">
<label>Wallet<br><select name="address">${options}</select></label>
<label>Message<br><textarea name="message" rows="12" cols="60" required></textarea></label>
<button>Sign</button>
</form></details>`;
}

/** Answers the form with the signature. */
export async function sendSignature(
  wallets: readonly Wallet[],
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const fields = new URLSearchParams(body.toString("utf8"));
  const account = wallets
    .map(({ key }) => privateKeyToAccount(key))
    .find(({ address }) => address === fields.get("address"));
  if (!account) return sendJson(response, 404, { error: "no such wallet" });
  // Forms send CRLF; the message has LF.
  const message = (fields.get("message") ?? "").replaceAll("\r\n", "\n").trim();
  const signature = await account.signMessage({ message });
  const text = html`<!doctype html><html lang="en"><meta charset="utf-8"><title>Signature</title>
<link rel="icon" href="data:,"><h1>Signature</h1><p>Of ${account.address}. Copy it into the app.</p>
<pre id="signature" style="white-space: pre-wrap; overflow-wrap: anywhere">${signature}</pre></html>`.text;
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
  });
  response.end(text);
}
