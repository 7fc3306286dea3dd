// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";

/// Tracks of NormalDance as tokens. One task of the app mints one token, whose id is the task's UUID as a number: a
/// second mint of the same task reverts here, whatever the app believes.
///
/// The administrator grants and revokes the minter role and can do nothing to tokens that exist: only its owner moves a
/// token, and no account changes or burns it.
contract NormalDanceTracks is ERC721URIStorage, ERC2981, AccessControl {
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");

    constructor(address administrator, address minter) ERC721("NormalDance Tracks", "NDT") {
        _grantRole(DEFAULT_ADMIN_ROLE, administrator);
        _grantRole(MINTER_ROLE, minter);
    }

    /// Mints a token. Reverts for the zero address and for an id that exists. Does not call the owner, so no owner can
    /// make it fail: the app refuses contracts as owners.
    /// @param royaltyBasisPoints hundredths of a percent of each sale, suggested to marketplaces by ERC-2981
    function mint(
        address owner,
        uint256 tokenId,
        string calldata metadataUri,
        address royaltyReceiver,
        uint96 royaltyBasisPoints
    ) external onlyRole(MINTER_ROLE) {
        _mint(owner, tokenId);
        _setTokenURI(tokenId, metadataUri);
        _setTokenRoyalty(tokenId, royaltyReceiver, royaltyBasisPoints);
    }

    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC721URIStorage, ERC2981, AccessControl)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }
}
