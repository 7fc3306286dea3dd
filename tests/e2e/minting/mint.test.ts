import type { Page } from "playwright-core";
import { type Address, createPublicClient, http, parseAbi } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser, waitForMailedLink } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** Minting in Chromium: the local chain is a real EVM node, and the test has the key of a wallet. */

const { app, openContext } = await startBrowserTests();

const wallet = privateKeyToAccount(generatePrivateKey());

const panel = (page: Page) => page.getByRole("region", { name: "Token" });

/** The owner of a token, as the chain has it. */
function readOwner(tokenId: string): Promise<Address> {
  const client = createPublicClient({ transport: http(app.env.CHAIN_RPC_URL) });
  return client.readContract({
    abi: parseAbi(["function ownerOf(uint256 tokenId) view returns (address)"]),
    address: app.env.NFT_CONTRACT_ADDRESS as Address,
    functionName: "ownerOf",
    args: [BigInt(tokenId)],
  });
}

it("an artist mints a post to the address that signed, and others see the token", async () => {
  const artist = await openContext();
  const { email } = await signUpInBrowser(artist, "Ines Duval");
  const link = new URL(await waitForMailedLink(app, email, "/confirm-email"), app.url);
  const confirmed = await artist.request.post("/api/auth/confirm-email", {
    data: { token: link.searchParams.get("token") },
  });
  expect(confirmed.status()).toBe(200);
  const published = await artist.request.post("/api/posts", { data: { title: "Minted once" } });
  expect(published.status()).toBe(201);
  const { post } = await published.json();
  const visitor = await openContext({ viewport: { width: 390, height: 844 } });
  const page = await openTab(artist, `/posts/${post.id}`);
  const otherPage = await openTab(visitor, `/posts/${post.id}`);
  expect(await panel(otherPage).count()).toBe(0);

  await panel(page).getByRole("button", { name: "Mint this track" }).click();
  const address = panel(page).getByLabel("Address that will own the token");
  await address.fill("0x0000000000000000000000000000000000000000");
  await panel(page).getByRole("button", { name: "Get the message" }).click();
  await panel(page).getByRole("alert").waitFor();
  await address.fill(wallet.address);
  await panel(page).getByRole("button", { name: "Get the message" }).click();
  const message = (await panel(page).locator("[data-proof]").textContent()) ?? "";
  expect(message).toContain(wallet.address);
  await panel(page)
    .getByLabel("Signature")
    .fill(await wallet.signMessage({ message }));
  expect(await seriousViolations(page)).toEqual([]);
  await panel(page).getByRole("button", { name: "Mint", exact: true }).click();
  await panel(page).getByText("Minted for good").waitFor();

  const { mint } = await (await visitor.request.get(`/api/posts/${post.id}/mint`)).json();
  expect(mint).toMatchObject({ state: "confirmed", ownerAddress: wallet.address });
  expect(await readOwner(mint.tokenId)).toBe(wallet.address);
  await otherPage.reload();
  await waitForHydration(otherPage);
  await panel(otherPage).getByText("Minted for good").waitFor();
  await panel(otherPage).getByText(wallet.address).waitFor();
  expect(await panel(otherPage).getByRole("button").count()).toBe(0);
  const overflow = await otherPage.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  expect(await seriousViolations(otherPage)).toEqual([]);

  await visit(page, "/me/tokens");
  await page.getByText("Minted once").waitFor();
  await page.getByText("Minted for good").waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  for (const context of [artist, visitor]) await context.close();
});
