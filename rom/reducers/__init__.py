"""Reducers: scikit-learn estimators that turn rows into latents and back."""
