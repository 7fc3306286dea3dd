import type { Address, Hex, TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/**
 * Signs for the account that mints. The key may be in this process or in a key management service, which is asked over
 * the network: no transaction of Postgres is open while it signs.
 */
export interface MinterSigner {
  readonly address: Address;
  /** @returns the signed transaction as a node takes it. Safe to retry: the same transaction may get another signature */
  sign(transaction: TransactionSerializableEIP1559): Promise<Hex>;
}

/** A signer whose key is in the environment. */
export function localSigner(privateKey: Hex): MinterSigner {
  const account = privateKeyToAccount(privateKey);
  return { address: account.address, sign: (transaction) => account.signTransaction(transaction) };
}
