"""Cameras: devices, films, network streams and a drawn performer, behind one contract. RGB inside, BGR dies here."""
