"""Makes the model run on one device. The only room that knows devices, precisions and compilers."""
