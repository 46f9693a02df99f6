"""How fast a model runs here: measured on request, in processes of its own, and kept for the machine and the model."""
