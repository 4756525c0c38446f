"""Reply slips and orders by telephone before any call: ordered at the brochure's prices, and not pitched after."""
