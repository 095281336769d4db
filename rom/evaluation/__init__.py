"""Evaluation: what is measured of stored models."""
