"""Credit of a customer (M8-4): applied for by the representative, reviewed jointly, recorded by CRED."""
