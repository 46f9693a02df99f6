"""The live loop: threads between a camera, an engine and a virtual camera. Knows frames and callables only."""
