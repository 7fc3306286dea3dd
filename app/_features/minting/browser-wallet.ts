/** What wallets put into the page (EIP-1193). */
interface WalletProvider {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}

declare global {
  interface Window {
    ethereum?: WalletProvider;
  }
}

export function hasBrowserWallet(): boolean {
  return window.ethereum !== undefined;
}

/** Asks the wallet for its address. @returns null when its owner refuses, or the wallet has none */
export async function askWalletAddress(): Promise<string | null> {
  const accounts = await ask("eth_requestAccounts");
  const [first] = Array.isArray(accounts) ? accounts : [];
  return typeof first === "string" ? first : null;
}

/** Has the wallet sign a text (EIP-191). @returns null when its owner refuses */
export async function askWalletSignature(message: string, address: string): Promise<string | null> {
  const bytes = new TextEncoder().encode(message);
  const hex = `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const signature = await ask("personal_sign", [hex, address]);
  return typeof signature === "string" ? signature : null;
}

async function ask(method: string, params?: unknown[]): Promise<unknown> {
  try {
    return await window.ethereum?.request(params ? { method, params } : { method });
  } catch {
    return null;
  }
}
