"""Encoder and decoder bodies: layers only, no losses, no training."""
