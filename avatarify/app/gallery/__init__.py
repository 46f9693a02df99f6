"""The strip of avatars under the preview: choose, add, order, rename, remove."""
