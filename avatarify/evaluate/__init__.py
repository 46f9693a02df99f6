"""How good a model is: metrics, reconstruction and cross-identity animation beside two baselines, and the report of both."""
