"""Our caller numbers: their reputation, when they rest, and which one a call is made from. And how the network is."""
