"""How a trained model becomes the one that is shipped: measured beside the present one, refused where it is worse, told in its card."""
