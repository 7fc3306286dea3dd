import { expect, it } from "vitest";
import { env } from "@/lib/core/env";
import { db, transaction } from "@/lib/db";
import { verifyMintingAtStart } from "@/lib/nft";
import { raiseFundsAlert } from "@/lib/nft/alerts";
import { dropVerification, verifiedChain } from "@/lib/nft/chain";
import { requireChain } from "@/lib/nft/find-outcome";
import { keepQueueMoving } from "@/lib/nft/keep-queue-moving";
import { raiseSettingsAlert } from "@/lib/nft/settings-alert";
import { newWallet } from "@/tests/support/factories/minting";
import { startMintingStack } from "@/tests/support/stack/minting-stack";

const { chain } = await startMintingStack();

it("checks the settings when a server starts, and the alert closes when they are right", async () => {
  const messages = async () =>
    (await db().alert.findMany({ where: { kind: "minter_settings", closedAt: null } })).map(
      ({ message }) => message,
    );
  await verifyMintingAtStart();
  expect(await messages()).toEqual([]);

  Object.assign(env(), { CHAIN_ID: chain.chainId + 1 });
  await verifyMintingAtStart();
  expect(await messages()).toEqual([
    `the node is of network ${chain.chainId}, CHAIN_ID is ${chain.chainId + 1}`,
  ]);

  const { address } = newWallet();
  Object.assign(env(), { CHAIN_ID: chain.chainId, NFT_CONTRACT_ADDRESS: address });
  await verifyMintingAtStart();
  expect(await messages()).toEqual([`no contract at ${address} on network ${chain.chainId}`]);

  Object.assign(env(), { NFT_CONTRACT_ADDRESS: chain.contract });
  await verifyMintingAtStart();
  expect(await messages()).toEqual([]);
});

it("leaves no alert open whose cause is gone, though no mint is made", async () => {
  const open = async () =>
    (await db().alert.findMany({ where: { closedAt: null }, orderBy: { kind: "asc" } })).map(
      ({ kind }) => kind,
    );
  const before = await open();
  const account = await verifiedChain();
  await raiseSettingsAlert("wrong");
  await transaction((tx) => raiseFundsAlert(tx, account));
  const { address } = account.signer;
  const balance = await chain.node.call("eth_getBalance", [address, "latest"]);
  await chain.node.call("anvil_setBalance", [address, "0x0"]);
  await keepQueueMoving();
  expect(await open()).toEqual([...before, "minter_funds", "minter_settings"].sort());
  await chain.node.call("anvil_setBalance", [address, balance]);
  await keepQueueMoving();
  expect(await open()).toEqual([...before, "minter_settings"].sort());
  dropVerification();
  await requireChain();
  expect(await open()).toEqual(before);
});
