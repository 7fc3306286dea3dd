import { parseAbi } from "viem";

/** The contract's functions that the app calls, and the errors that it distinguishes. A test compares them with the artifact. */
export const abi = parseAbi([
  "function mint(address owner, uint256 tokenId, string metadataUri, address royaltyReceiver, uint96 royaltyBasisPoints)",
  "function ownerOf(uint256 tokenId) view returns (address)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function MINTER_ROLE() view returns (bytes32)",
  "function supportsInterface(bytes4 interfaceId) view returns (bool)",
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "error ERC721NonexistentToken(uint256 tokenId)",
  "error ERC721InvalidSender(address sender)",
  "error ERC721InvalidReceiver(address receiver)",
  "error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)",
]);
