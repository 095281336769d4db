"""The latent explorer of the page: the decoders of a store, for a reader to move."""
