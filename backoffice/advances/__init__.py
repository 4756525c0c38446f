"""Customer advances and their settlement (M5): confirmed money that no invoice has taken yet."""
