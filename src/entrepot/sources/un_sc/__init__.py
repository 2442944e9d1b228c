"""United Nations Security Council: the consolidated list of all its sanctions committees."""
